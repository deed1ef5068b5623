import { readFile } from 'node:fs/promises'
import { UsageError } from '../../errors.js'

/**
 * The text of a file that is going to be written back: its byte order mark is part of it.
 *
 * @throws UsageError ZC007 if it cannot be read, or is no UTF-8
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError('ZC007', `Could not read "${file}": ${(error as Error).message}`, { cause: error })
  })
  return decodeText(bytes, file)
}

/**
 * The text of these bytes, which would come back as they are.
 *
 * @throws UsageError ZC007 if they are no UTF-8
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new UsageError('ZC007', `Could not read "${file}": it is not UTF-8`, {
      cause: error,
      hint: 'save it as UTF-8',
    })
  }
}
