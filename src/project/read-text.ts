import { readFile, realpath, stat } from 'node:fs/promises'

/** The path behind symbolic links, which tells whether two spellings are one file. */
export async function identityOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

/** The text of a file, or why there is none. */
export async function textOf(
  path: string,
  texts: ReadonlyMap<string, string> | undefined,
): Promise<{ text: string } | { error: string }> {
  const given = texts?.get(path)
  if (given !== undefined) return { text: given }
  try {
    // A device or a pipe may never end.
    if (!(await stat(path)).isFile()) return { error: 'it is no file' }
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { error: 'it does not exist' }
    return { error: code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : (code ?? 'unknown reason') }
  }
}
