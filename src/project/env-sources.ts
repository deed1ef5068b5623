import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseEnv } from 'node:util'
import { loadEnvironment } from './env-files.js'

/** Where each variable of a project's environment comes from: the name of a file, or `environment`. */
export async function environmentSources(
  folder: string,
  options: { env: Readonly<Record<string, string | undefined>>; name?: string | undefined },
): Promise<ReadonlyMap<string, string>> {
  const { files } = await loadEnvironment(folder, options)
  const sources = new Map<string, string>()
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const name of Object.keys(parseEnv(text.replace(/^\uFEFF/, '')))) sources.set(name, basename(file))
  }
  for (const [name, value] of Object.entries(options.env)) if (value !== undefined) sources.set(name, 'environment')
  return sources
}
