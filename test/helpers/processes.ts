import { readFileSync, readdirSync } from 'node:fs'

/** Ids of the processes whose command line or environment names this text, such as a folder of their own. Linux only. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(text) || read(`/proc/${pid}/environ`).includes(text))
    .filter((pid) => !/^\S+ \(.*\) Z/.test(read(`/proc/${pid}/stat`)))
    .map(Number)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
