import type { Fields } from './fields.js'
import {
  apiKeyFields,
  basicAuthFields,
  bearerTokenFields,
  channelFields,
  devFields,
  groupFields,
  mtlsFields,
  outgoingFields,
  serverFields,
} from './schema.js'

/** Sections that are lists of named items. */
export type SectionName = 'outgoing_rest' | 'channel_rest' | 'security' | 'groups'

export const sectionNames: readonly SectionName[] = ['security', 'groups', 'outgoing_rest', 'channel_rest']

/** Every top-level key that is served, in the order in which Zato reads them. */
export const servedKeys = [...sectionNames, 'server', 'dev', 'include'] as const

export const securityFields: Readonly<Record<string, Fields>> = {
  basic_auth: basicAuthFields,
  apikey: apiKeyFields,
  bearer_token: bearerTokenFields,
  mtls: mtlsFields,
}

/** Fields of the sections whose items are all of one kind. */
export const itemFields: Readonly<Record<Exclude<SectionName, 'security'>, Fields>> = {
  outgoing_rest: outgoingFields,
  channel_rest: channelFields,
  groups: groupFields,
}

/** Fields of the sections that are one mapping. */
export type SettingsName = 'server' | 'dev'

export const settingsFields: Readonly<Record<SettingsName, Fields>> = { server: serverFields, dev: devFields }

/** What an item of a section is called in messages. */
export const itemNouns: Readonly<Record<SectionName, string>> = {
  outgoing_rest: 'outgoing connection',
  channel_rest: 'channel',
  security: 'security definition',
  groups: 'group',
}
