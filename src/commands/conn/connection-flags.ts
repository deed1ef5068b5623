import { UsageError } from '../../errors.js'
import { outgoingFields } from '../../project/schema.js'
import { isSensitiveName } from '../../redact.js'
import type { OptionSpec } from '../command.js'
import { givenFields } from '../given-fields.js'
import { type Header, headerFrom, numberFrom } from '../values.js'

/** The flags that `conn add` and `conn edit` share: each is one field of the file. */
export interface ConnectionFlags {
  readonly host?: string
  readonly path?: string
  readonly format?: string
  readonly security?: string
  readonly header: readonly Header[]
  readonly timeout?: number
  readonly description?: string
  readonly dryRun?: boolean
}

export const connectionOptions: readonly OptionSpec[] = [
  { flags: '--host <url>', doc: 'Scheme, host and, if need be, port: https://api.example.com' },
  { flags: '--path <path>', doc: 'Path, with {placeholders} that --params of a call fill' },
  {
    flags: '--format <format>',
    doc: 'How payloads are written and replies are read [json]',
    choices: outgoingFields.data_format.values ?? [],
  },
  { flags: '--security <name>', doc: 'Security definition whose credentials go with each call', values: 'security' },
  {
    flags: '--header <name=value>',
    doc: 'A header that goes with each call',
    repeat: true,
    parse: headerFrom('--header'),
  },
  {
    flags: '--timeout <seconds>',
    doc: 'Seconds from asking for a socket to the last byte [60]',
    parse: numberFrom('--timeout'),
  },
  { flags: '--description <text>', doc: 'What the API is for' },
  { flags: '--dry-run', doc: 'Print the change as a diff, and write nothing' },
]

/** What is checked of flags alone, before a question is asked: a secret in a flag stays in the shell's history. */
export function refuseSecretHeaders(headers: readonly Header[]): void {
  const literal = headers.find(([name, value]) => isSensitiveName(name) && !value.includes('${'))
  if (!literal) return
  throw new UsageError('ZU001', `The value of "${literal[0]}" is a secret, and a secret is never a flag’s value`, {
    hint: "use a security definition (zato-ts security add), or refer to a variable: --header 'name=${NAME}'",
  })
}

/** Fields of the file that the flags set. */
export function connectionFields(flags: ConnectionFlags): Record<string, unknown> {
  return givenFields({
    host: flags.host,
    url_path: flags.path,
    data_format: flags.format,
    description: flags.description,
    security: flags.security,
    timeout: flags.timeout,
    headers: flags.header.length > 0 ? Object.fromEntries(flags.header) : undefined,
  })
}
