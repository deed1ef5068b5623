import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from './atomic.js'
import { openPlaceholders } from './path.js'
import type { Project } from './project.js'

/**
 * The declaration file that makes a misspelt connection, or a placeholder without a value, fail to compile. Connections
 * stand in the order of the project file; what is in the header keeps linters and formatters of the project away.
 */
export function renderEnvTypes(connections: readonly TypedConnection[]): string {
  const types = new Map(connections.map((connection) => [connection.name, placeholderType(connection)]))
  const members = [...types].map(([name, type]) => `    ${quoted(name)}: ${type}`)
  const body = members.length > 0 ? `{\n${members.join('\n')}\n  }` : '{}'
  return `${header}\n  interface RestConnections ${body}\n}\n`
}

const header = [
  '/* eslint-disable */',
  '// Generated from zato.yaml by "zato-ts types": commit it, do not edit it.',
  '// prettier-ignore',
  "import 'zato-ts'",
  '// prettier-ignore',
  "declare module 'zato-ts' {",
].join('\n')

/**
 * Writes `zato-env.d.ts` beside zato.yaml. False if it was up to date.
 *
 * @throws ZatoError ZU007 if it cannot be written
 */
export async function writeEnvTypes({ root, outgoingRest }: Project): Promise<boolean> {
  const file = join(root, 'zato-env.d.ts')
  const text = renderEnvTypes(outgoingRest)
  const now = await readFile(file, 'utf8').catch(() => undefined)
  // A checkout that turns line breaks into CRLF has not made it out of date.
  if (now?.replaceAll('\r\n', '\n') === text) return false
  await writeAtomically({ file, text })
  return true
}

/** What of a connection its type depends on. */
export interface TypedConnection {
  readonly name: string
  readonly urlPath: string
  readonly requestPathParams?: readonly { readonly key: string }[]
}

/** The names of the placeholders that a call must give a value for, each once; `never` if there are none. */
function placeholderType(connection: TypedConnection): string {
  const names = openPlaceholders(connection).map(quoted)
  return names.length > 0 ? names.join(' | ') : 'never'
}

/** A text as TypeScript writes it between single quotes. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped.replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, unicodeEscape)}'`
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
