import { channelFields } from '../../project/schema.js'
import type { OptionSpec } from '../command.js'
import { givenFields } from '../given-fields.js'

/** The flags that `channel add` and `channel edit` share: each is one field of the file. */
export interface ChannelFlags {
  readonly path?: string
  readonly service?: string
  readonly method?: string
  readonly security?: string
  readonly group: readonly string[]
  readonly format?: string
  readonly dryRun?: boolean
}

export const channelOptions: readonly OptionSpec[] = [
  { flags: '--path <path>', doc: 'Path that is matched as a whole; {name} is one segment or part of one' },
  { flags: '--service <name>', doc: 'The service that answers', values: 'service' },
  {
    flags: '--method <method>',
    doc: 'The one method that is answered [any]',
    choices: channelFields.method.values ?? [],
  },
  { flags: '--security <name>', doc: 'Security definition that callers must satisfy', values: 'security' },
  { flags: '--group <name>', doc: 'Group of which a caller must satisfy one member', repeat: true },
  {
    flags: '--format <format>',
    doc: 'How the body of a request is read [json]',
    choices: channelFields.data_format.values ?? [],
  },
  { flags: '--dry-run', doc: 'Print the change as a diff, and write nothing' },
]

/** Fields of the file that the flags set. */
export function channelItem(flags: ChannelFlags): Record<string, unknown> {
  return givenFields({
    url_path: flags.path,
    service: flags.service,
    method: flags.method,
    security: flags.security,
    groups: flags.group.length > 0 ? flags.group : undefined,
    data_format: flags.format,
  })
}
