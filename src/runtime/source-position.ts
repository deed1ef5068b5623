import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * A bundled file keeps its own `import.meta.url`, `__dirname` and their kin: the bundler reads the words as names of
 * variables, and each file that uses one declares it. The declaration goes on the first line, which leaves line numbers
 * as they are.
 */

/** For esbuild's `define`. */
export const positionNames = {
  'import.meta.url': '__zato_url',
  'import.meta.dirname': '__zato_dirname',
  'import.meta.filename': '__zato_filename',
  __dirname: '__zato_dirname',
  __filename: '__zato_filename',
}

const variables = [...new Set(Object.values(positionNames))]

/** Whether code that was bundled without prefixes uses what they would declare. */
export function asksForPosition(code: Uint8Array): boolean {
  const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength)
  return variables.some((name) => bytes.includes(name))
}

const mentionsPosition = /\bimport\.meta\b|\b__(?:dirname|filename)\b/

/** What to put in front of a file's first line; nothing if it does not ask where it is. */
export function positionPrefix(path: string, source: string): string {
  if (!mentionsPosition.test(source)) return ''
  const [url, filename, folder] = [pathToFileURL(path).href, path, dirname(path)].map((value) => JSON.stringify(value))
  return `var __zato_url=${url},__zato_filename=${filename},__zato_dirname=${folder};`
}

/** `source` with its prefix; a `#!` line stays the first. */
export function withPosition(source: string, prefix: string): string {
  if (!source.startsWith('#!')) return prefix + source
  const end = source.indexOf('\n')
  return end === -1 ? source : `${source.slice(0, end + 1)}${prefix}${source.slice(end + 1)}`
}
