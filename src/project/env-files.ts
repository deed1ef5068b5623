import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** An environment file that is there. */
export interface EnvFile {
  readonly file: string
  readonly names: readonly string[]
}

export interface LoadedEnvironment {
  /** The files of the project under the real environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Every file that was read or looked for, weakest first. */
  readonly files: readonly string[]
  /** Of those, the ones that are there, and the names that each sets. */
  readonly found: readonly EnvFile[]
  /** Lines that are no `NAME=value`. */
  readonly badLines: readonly { readonly file: string; readonly line: number; readonly text: string }[]
  /** The file that belongs to the name that was asked for, if neither it nor its `.local` is there. */
  readonly absent?: string | undefined
  /** Files that are there and cannot be read, and why. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/**
 * Reads `.env`, `.env.local`, `.env.<name>` and `.env.<name>.local` of a folder; later ones win, the real environment wins
 * over all.
 */
export async function loadEnvironment(
  folder: string,
  { env, name }: { env: Readonly<Record<string, string | undefined>>; name?: string | undefined },
): Promise<LoadedEnvironment> {
  const names = ['.env', '.env.local', ...(name === undefined ? [] : [`.env.${name}`, `.env.${name}.local`])]
  const files = names.map((one) => join(folder, one))
  const read = await Promise.all(files.map(readEnvFile))
  const texts = read.map(({ text }) => text)
  const real = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const absent = name !== undefined && read.slice(2).every(({ isThere }) => !isThere) ? files[2] : undefined
  const fromFiles = texts.flatMap((text) => Object.entries(parseEnv(text)) as [string, string][])
  return {
    environment: Object.fromEntries([...fromFiles, ...real]),
    files,
    absent,
    found: files.flatMap((file, index) => {
      const { isThere, text } = read[index] ?? { isThere: false, text: '' }
      return isThere ? [{ file, names: Object.keys(parseEnv(text)) }] : []
    }),
    badLines: files.flatMap((file, index) => badLines(texts[index] ?? '').map((bad) => ({ file, ...bad }))),
    unreadable: files.flatMap((file, index) => {
      const reason = read[index]?.reason
      return reason === undefined ? [] : [{ file, reason }]
    }),
  }
}

async function readEnvFile(file: string): Promise<{ text: string; isThere: boolean; reason?: string }> {
  try {
    return { isThere: true, text: (await readFile(file, 'utf8')).replace(/^\uFEFF/, '') }
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    return {
      text: '',
      isThere: code !== 'ENOENT',
      ...(code !== 'ENOENT' && { reason: code === 'EISDIR' ? 'it is a folder' : code }),
    }
  }
}

/** Lines that look like nothing an environment file can hold; those inside a quoted value are left alone. */
function badLines(text: string): { line: number; text: string }[] {
  let quote: string | undefined
  const lines = text.split(/\r?\n/)
  const lastWith = new Map(['"', "'", '`'].map((one) => [one, lines.findLastIndex((line) => line.includes(one))]))
  return lines.flatMap((line, index) => {
    if (quote !== undefined) {
      if (line.includes(quote)) quote = undefined
      return []
    }
    const value = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/.exec(line)?.[1]
    if (value === undefined) return /^\s*(#|$)/.test(line) ? [] : [{ line: index + 1, text: line.trim() }]
    const opened = /^["'`]/.exec(value)?.[0]
    // A quote that nothing closes is a part of the value, which then ends with its line.
    const isClosedLater = opened !== undefined && (lastWith.get(opened) ?? -1) > index
    if (isClosedLater && !value.slice(1).includes(opened)) quote = opened
    return []
  })
}
