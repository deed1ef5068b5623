import { didYouMean } from '../nearest.js'
import { minimumSecretLength } from '../redact.js'
import { checkDeclared } from './check-declared.js'
import type { ReadItem } from './items.js'
import { type PathPart, parsePath } from './path.js'
import { type SectionName, itemNouns } from './sections.js'
import type { Finding } from './source.js'

/** Everything that only shows when items are seen together, or when a value is seen beside another. */

export interface CheckedItem extends ReadItem {
  report(finding: Finding): void
  /** `zato.yaml:12`, for messages of other items. */
  where(): string
}

export type CheckedItems = Readonly<Record<SectionName, readonly CheckedItem[]>>

export function checkItems(items: CheckedItems): void {
  for (const section of Object.values(items)) checkNames(section)
  const security = new Map(items.security.map((item) => [item.name, item]))
  const groups = new Map(items.groups.map((item) => [item.name, item]))
  const connections = new Set(items.outgoing_rest.map(({ name }) => name))
  for (const item of items.outgoing_rest) {
    checkConnection(item, security)
    checkCallback(item, connections)
  }
  for (const item of items.channel_rest) checkChannel(item, { security, groups })
  for (const item of items.groups) checkMembers(item, security)
  for (const item of items.security) checkSecret(item)
  checkRoutes(items.channel_rest)
}

const rangeIn = (item: CheckedItem, field: string) => item.fields.get(field) ?? item.range

function checkNames(items: readonly CheckedItem[]): void {
  const first = new Map<string, CheckedItem>()
  for (const item of items) {
    const other = first.get(item.name)
    if (!other) first.set(item.name, item)
    else {
      item.report({
        code: 'ZC201',
        message: `Another ${itemNouns[item.section]} is named "${item.name}"`,
        hint: `the first one is at ${other.where()}`,
        range: rangeIn(item, 'name'),
      })
    }
  }
}

function checkReference(
  item: CheckedItem,
  { field, name, known }: { field: string; name: unknown; known: ReadonlyMap<string, CheckedItem> },
): void {
  if (typeof name !== 'string' || known.has(name)) return
  const noun = field === 'groups' ? 'group' : 'security definition'
  const all = known.size === 0 ? `the file has none` : `known: ${[...known.keys()].slice(0, 8).join(', ')}`
  item.report({
    code: field === 'groups' || field === 'members' ? 'ZC206' : 'ZC202',
    message: `There is no ${noun} "${name}"`,
    hint: didYouMean(name, known.keys()) ?? all,
    range: rangeIn(item, field),
  })
}

function checkConnection(item: CheckedItem, security: ReadonlyMap<string, CheckedItem>): void {
  const { urlPath, validateTls } = item.values
  checkReference(item, { field: 'security', name: item.values.security, known: security })
  if (typeof urlPath === 'string' && urlPath !== '' && !/^[/?]/.test(urlPath)) {
    item.report({
      code: 'ZC106',
      message: 'The path must start with "/"',
      hint: `write /${urlPath}`,
      range: rangeIn(item, 'url_path'),
    })
  }
  checkDeclared(item)
  if (validateTls === false) {
    item.report({
      code: 'ZC305',
      severity: 'warning',
      message: `The certificate of "${item.name}" is not verified: anybody on the way can read and change what is sent`,
      hint: 'name the authority in tls_ca instead',
      range: rangeIn(item, 'validate_tls'),
    })
  }
}

/** Whoever is told the results of health checks must be there. Services are known later (check-services.ts). */
function checkCallback(item: CheckedItem, connections: ReadonlySet<string>): void {
  const { healthCheckCallbackType: type, healthCheckCallbackName: name } = item.values
  if (type !== 'rest' || typeof name !== 'string' || connections.has(name)) return
  item.report({
    code: 'ZC105',
    scope: 'item',
    message: `There is no connection "${name}"`,
    hint: didYouMean(name, connections) ?? 'name one of outgoing_rest',
    range: rangeIn(item, 'health_check_callback_name'),
  })
}

interface Definitions {
  readonly security: ReadonlyMap<string, CheckedItem>
  readonly groups: ReadonlyMap<string, CheckedItem>
}

function checkChannel(item: CheckedItem, { security, groups }: Definitions): void {
  const { urlPath, matchSlash } = item.values
  checkReference(item, { field: 'security', name: item.values.security, known: security })
  checkIsForCallers(item, { field: 'security', definition: security.get(String(item.values.security)) })
  for (const name of asList(item.values.groups)) checkReference(item, { field: 'groups', name, known: groups })
  if (typeof urlPath !== 'string') return
  if (!urlPath.startsWith('/')) {
    item.report({
      code: 'ZC106',
      message: 'The path of a channel must start with "/"',
      hint: `write /${urlPath}`,
      range: rangeIn(item, 'url_path'),
    })
  }
  if (urlPath.includes('?')) {
    item.report({
      code: 'ZC106',
      message: 'The path of a channel holds a "?"',
      hint: 'query parameters need not be declared',
      range: rangeIn(item, 'url_path'),
    })
  }
  if (matchSlash === true && parsePath(urlPath).parts.at(-1)?.kind !== 'placeholder') {
    item.report({
      code: 'ZC106',
      message: 'With match_slash, the path must end in a placeholder',
      hint: 'only the last placeholder can take the rest of the path',
      range: rangeIn(item, 'match_slash'),
    })
  }
}

function checkMembers(item: CheckedItem, security: ReadonlyMap<string, CheckedItem>): void {
  for (const name of asList(item.values.members)) {
    checkReference(item, { field: 'members', name, known: security })
    checkIsForCallers(item, { field: 'members', definition: security.get(String(name)) })
  }
}

/** What is fetched or shown by us holds nothing that a caller's could be compared with. */
function checkIsForCallers(
  item: CheckedItem,
  { field, definition }: { field: string; definition: CheckedItem | undefined },
): void {
  if (!definition || !('authServerUrl' in definition.values || definition.values.type === 'mtls')) return
  item.report({
    code: 'ZC207',
    message: `"${definition.name}" is for outgoing connections only: callers cannot be asked for it`,
    hint: 'name a definition of basic_auth, apikey or a static bearer_token',
    scope: 'item',
    range: rangeIn(item, field),
  })
}

function checkSecret(item: CheckedItem): void {
  if (item.values.validateTls === false) {
    item.report({
      code: 'ZC305',
      severity: 'warning',
      message: `The certificate of the token endpoint of "${item.name}" is not verified: anybody on the way can read the client secret`,
      hint: 'name the authority in tls_ca instead',
      range: rangeIn(item, 'validate_tls'),
    })
  }
  const [field, value] =
    'staticToken' in item.values ? ['static_token', item.values.staticToken] : ['password', item.values.password]
  if (item.refusal || typeof value !== 'string' || value.length >= minimumSecretLength || !item.fields.has(field))
    return
  item.report({
    code: 'ZC303',
    severity: 'warning',
    message: `The secret of "${item.name}" is shorter than ${minimumSecretLength} characters: it cannot be hidden wherever it appears`,
    hint: 'use a longer one',
    range: rangeIn(item, field),
  })
}

/** Two channels clash if they would answer the same request: the same shape of path, and the same method or none. */
function checkRoutes(channels: readonly CheckedItem[]): void {
  const first = new Map<string, CheckedItem>()
  for (const item of channels) {
    const { unresolved } = item
    const { urlPath, method, isActive, matchSlash } = item.values
    if (typeof urlPath !== 'string' || isActive === false || unresolved.has('method')) continue
    const parts = parsePath(urlPath).parts
    const key = `${typeof method === 'string' ? method : '*'} ${parts.map((part, index) => shapeOf(part, matchSlash === true && index === parts.length - 1)).join('')}`
    const other = first.get(key)
    if (!other) first.set(key, item)
    else {
      item.report({
        code: 'ZC204',
        message: `"${item.name}" would answer the same requests as "${other.name}" at ${other.where()}`,
        hint: 'give them different methods or paths',
        range: rangeIn(item, 'url_path'),
      })
    }
  }
}

function shapeOf(part: PathPart, spansSlashes: boolean): string {
  if (part.kind === 'literal') return part.text.split('/').map(canonical).join('/')
  return spansSlashes ? '{**}' : '{*}'
}

/** One spelling for each text of a segment: `%C3%A9` is `é`, and a brace is no placeholder. */
function canonical(text: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(text))
  } catch {
    return text.replace(/[{}]/g, '')
  }
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
