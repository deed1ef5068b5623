import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { placeholdersOf } from '../project/path.js'
import type { ExampleNames } from './command.js'

const invented: ExampleNames = {
  connection: 'Orders API',
  placeholders: ['customer_id'],
  channel: 'Customer orders',
  service: 'my.api.get-customer-orders',
  security: 'Orders credentials',
}

/**
 * Names for the examples of `--help`: the project's own where one is found. It looks at the lines of the file only: help must
 * be quick, and must work when the file is broken.
 */
export function exampleNames({ cwd, config }: { cwd: string; config: string | undefined }): ExampleNames {
  const text = config === undefined ? nearestFile(cwd) : textOf(resolve(cwd, config))
  return text === undefined ? invented : { ...invented, ...namesIn(text) }
}

/** First names of each section, as far as they are written the usual way. */
export function namesIn(text: string): Partial<ExampleNames> {
  const found: Record<string, string> = {}
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    section = /^(\w+):/.exec(line)?.[1] ?? section
    const [, key, value] = /^\s*(?:-\s+)?(name|url_path|service):\s*(.+?)\s*(?:\s#.*)?$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) found[`${section}.${key}`] ??= unquoted(value)
  }
  const path = found['outgoing_rest.url_path']
  return Object.fromEntries(
    Object.entries({
      connection: found['outgoing_rest.name'],
      placeholders: found['outgoing_rest.name'] === undefined ? undefined : placeholdersOf(path ?? ''),
      channel: found['channel_rest.name'],
      service: found['channel_rest.service'],
      security: found['security.name'],
    }).filter(([, value]) => value !== undefined),
  )
}

function unquoted(value: string): string {
  return value.replace(/^(['"])(.*)\1$/, '$2')
}

function nearestFile(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const text = textOf(join(folder, 'zato.yaml'))
    if (text !== undefined || folder === dirname(folder)) return text
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
