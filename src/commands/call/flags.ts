import { UsageError } from '../../errors.js'
import { isWellFormedCid } from '../../trace/context.js'
import type { OptionSpec } from '../command.js'
import { type Header, headerFrom, integerFrom, numberFrom } from '../values.js'

export interface CallFlags {
  readonly connection: string
  readonly method?: string
  readonly params: readonly string[]
  readonly data?: string
  readonly header: readonly Header[]
  readonly include?: boolean
  readonly curl?: boolean
  readonly dryRun?: boolean
  readonly output?: string
  readonly timeout?: number
  readonly retry?: number
  readonly repeat?: number
  readonly ignoreStatus?: boolean
  readonly cid?: string
  readonly showSecrets?: boolean
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

export const callOptions: readonly OptionSpec[] = [
  {
    flags: '-X, --method <method>',
    doc: `Method, such as ${methods.slice(1).join(', ')} [request_method of the connection, else GET; POST with -d]`,
  },
  {
    flags: '--params <k=v>',
    doc: 'Parameter of the path or the query; also several, a JSON object, @file, or - for stdin',
    repeat: true,
    values: 'params',
  },
  { flags: '-d, --data <data>', doc: 'Body: text, @file, or - for stdin' },
  { flags: '-H, --header <name: value>', doc: 'A header of this call', repeat: true, parse: headerFrom('--header') },
  { flags: '-i, --include', doc: 'Print status and headers before the body' },
  { flags: '--curl', doc: 'Print the curl command that sends the same; send nothing' },
  { flags: '--dry-run', doc: 'Print the request as it would be sent; send nothing' },
  { flags: '-o, --output <file>', doc: 'Write the body to a file', values: 'file' },
  {
    flags: '--timeout <seconds>',
    doc: 'Seconds until the last byte [that of the connection]',
    parse: numberFrom('--timeout'),
  },
  {
    flags: '--retry <n>',
    doc: 'Try again so often at most, whatever the method [max_retries of the connection]',
    parse: integerFrom('--retry', 0, 100),
  },
  {
    flags: '--repeat <n>',
    doc: 'Call so often, one after the other, and sum up',
    parse: integerFrom('--repeat', 1, 100_000),
  },
  { flags: '--ignore-status', doc: 'Exit with 0 whatever the status' },
  { flags: '--cid <id>', doc: 'Correlation id, at most 64 letters, digits, ".", "_", "-" [a new one]', parse: cidFrom },
  { flags: '--show-secrets', doc: 'Do not hide credentials in what is printed' },
]

function cidFrom(text: string): string {
  if (isWellFormedCid(text)) return text
  throw new UsageError('ZU001', `--cid cannot be "${text}"`, { hint: 'at most 64 letters, digits, ".", "_" and "-"' })
}
