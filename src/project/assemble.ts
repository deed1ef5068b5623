import { basename, dirname, resolve } from 'node:path'
import type { ReadItem } from './items.js'
import type { Project } from './project.js'
import type { ChannelDefinition, GroupDefinition, OutgoingDefinition, Refusable, SecurityDefinition } from './schema.js'
import type { SectionName, SettingsName } from './sections.js'

interface Parts {
  /** Absolute path of the project file. */
  readonly path: string
  readonly items: Readonly<Record<SectionName, readonly ReadItem[]>>
  readonly settings: Readonly<Record<SettingsName, Readonly<Record<string, unknown>>>>
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: ReadonlySet<string>
}

/** Makes the frozen project of what has been read and found to be in order. */
export function assembleProject({ path, items, settings, environment, secrets }: Parts): Project {
  const root = dirname(path)
  // The reader has checked each value against the schema, from which these types are made.
  const definitions = (section: SectionName): unknown => items[section].map(definitionOf)
  const security = definitions('security') as readonly SecurityDefinition[]
  const refusals = new Map(security.map((definition) => [definition.name, refusalOf(definition)]))
  const connections = definitions('outgoing_rest') as readonly OutgoingDefinition[]
  return deepFreeze({
    file: path,
    root,
    name: basename(root),
    security,
    groups: definitions('groups') as readonly GroupDefinition[],
    outgoingRest: connections.map((one) => refusing(one, refusals)),
    channelRest: (definitions('channel_rest') as readonly ChannelDefinition[]).map((one) => refusing(one, refusals)),
    server: {
      ...settings.server,
      services: resolve(root, String(settings.server.services)),
    } as unknown as Project['server'],
    dev: settings.dev as unknown as Project['dev'],
    environment,
    secrets: [...secrets],
    secretNames: [...new Set([...secretNamesOf(security), ...connections.flatMap(hiddenNames)])],
    secretPaths: connections.flatMap(({ redact }) => redact?.json ?? []),
  })
}

function definitionOf({ values, refusal }: ReadItem): Record<string, unknown> {
  return { ...values, ...(refusal && { refusal }) }
}

type Refusal = Refusable['refusal']

function refusalOf({ name, isActive, refusal }: SecurityDefinition): Refusal {
  if (refusal) return { ...refusal, reason: `${refusal.reason} (security definition "${name}")` }
  if (isActive) return undefined
  return { code: 'inactive-security', reason: `The security definition "${name}" is inactive` }
}

/** What needs a definition that refuses, refuses: no call without its credentials, no channel without its check. */
function refusing<T extends { readonly security: string | undefined } & Refusable>(
  definition: T,
  refusals: ReadonlyMap<string, Refusal>,
): T {
  const refusal = definition.refusal ?? refusals.get(definition.security ?? '')
  return refusal ? { ...definition, refusal } : definition
}

function secretNamesOf(security: readonly SecurityDefinition[]): string[] {
  const names = security.flatMap((definition) => {
    if (definition.type === 'apikey') return [definition.header.toLowerCase()]
    return 'staticHeader' in definition ? [definition.staticHeader.toLowerCase()] : []
  })
  return [...new Set(names)]
}

function hiddenNames({ redact }: OutgoingDefinition): string[] {
  return [...(redact?.headers ?? []), ...(redact?.query ?? [])].map((name) => name.toLowerCase())
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const one of Object.values(value)) deepFreeze(one)
  return Object.freeze(value)
}
