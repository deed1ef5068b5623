import type { WriteStream } from 'node:tty'

/** Tells how far a run is: in one line that changes on a terminal, else in a line for each step. */
export function createProgress(out: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean }) {
  return {
    say: (text: string) => out.write(out.isTTY ? `\r\x1b[K${text}` : `${text}\n`),
    clear: () => out.isTTY === true && out.write('\r\x1b[K'),
  }
}
