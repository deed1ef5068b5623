import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UsageError } from '../errors.js'
import type { Context } from './context.js'

/** Bytes of a file below the working directory, or of stdin for `-`. */
export async function readSource({ io, cwd }: Context, source: string): Promise<Uint8Array> {
  if (source === '-') return buffer(io.stdin)
  try {
    return await readFile(resolve(cwd, source))
  } catch (error) {
    throw new UsageError('ZU001', `The file "${source}" cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}

/** `-d`: the text itself, `@file`, or `-` for stdin. Text stays text, so that it is sent as it is. */
export async function readData(context: Context, data: string): Promise<Uint8Array> {
  if (data === '-') return readSource(context, '-')
  return data.startsWith('@') ? readSource(context, data.slice(1)) : Buffer.from(data)
}

/** `--params @file` and `--params -`. */
export async function readParamsText(context: Context, source: string): Promise<string> {
  return Buffer.from(await readData(context, source)).toString('utf8')
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}

/** A system error in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}
