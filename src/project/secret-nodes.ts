import { type Document, type Node, type Scalar, isMap, isNode, isScalar, isSeq } from 'yaml'
import { isSensitiveName } from '../redact.js'
import { hiddenCharacter } from './frame.js'
import { type Entry, type Nodes, rangeOf } from './nodes.js'
import type { Range } from './source.js'

/** Where secrets stand in a file, as far as its keys tell, whether it has mistakes or not. */

/** Fields of a security definition, of whatever type, that give nothing away. */
const publicSecurityFields = new Set([
  'name',
  'type',
  'username',
  'realm',
  'header',
  'static_header',
  'static_prefix',
  'is_active',
  'is_static_token',
  'auth_server_url',
  'auth_endpoint',
  'client_id_field',
  'client_secret_field',
  'grant_type',
  'data_format',
  'issuer',
  'jwks_url',
  'scopes',
  'token_endpoint_auth_method',
  'timeout',
  'tls_ca',
  'validate_tls',
  'audience',
  'claims',
  'cert_path',
  'key_path',
  'ca_certs_path',
])

const onlyReference = /^\$\{[^}]*\}$/

/**
 * What may be a secret in a security definition: everything that is not known to be none, under a misspelt key above all.
 */
export function secretsOfDefinition(nodes: Nodes, item: Node | null): Scalar[] {
  return secretEntries(nodes, item).flatMap(({ key, value }) => {
    const scalars = scalarsIn(nodes, value)
    return key === 'extra_fields' ? scalars.filter(isSecretPair) : scalars
  })
}

function secretEntries(nodes: Nodes, item: Node | null): Entry[] {
  if (!isMap(item)) return []
  return nodes.entries(item).filter(({ key, value }) => {
    if (key === 'extra_fields') return scalarsIn(nodes, value).some(isSecretPair)
    return !publicSecurityFields.has(key)
  })
}

/** `client_secret=…`; of a mapping, what stands under the name of a secret is found anywhere. */
function isSecretPair({ value }: Scalar): boolean {
  const [key = '', ...rest] = String(value).split('=')
  return rest.length > 0 && isSensitiveName(key.trim())
}

/**
 * The lines of a text with the secrets in it hidden, each character by a stand-in, so that every column stays. What stands in
 * the place of a secret and means nothing to YAML, an unknown alias or tag, may be one that lacks its quotes.
 */
export function rowsOf(text: string, { nodes, document }: { nodes: Nodes; document: Document.Parsed }): string[] {
  const { contents, warnings } = document
  const places = placesOf(nodes, contents)
  const known = secretsAt(nodes, places).map((node) => rangeOf(node))
  const tags = warnings.map(({ pos: [start, end] }) => ({ start, end }))
  const odd = [...nodes.unknownAliases().map((alias) => rangeOf(alias)), ...tags]
  const hidden = odd.filter(({ start }) => places.some(({ span }) => start >= span.start && start < span.end))
  return hide(text, [...known, ...hidden]).split('\n')
}

/** Every text and number of a file that may be a secret and is no mere reference to one. */
export function secretScalars(nodes: Nodes, contents: Node | null): ReadonlySet<Node> {
  return new Set(secretsAt(nodes, placesOf(nodes, contents)))
}

function placesOf(nodes: Nodes, contents: Node | null): Place[] {
  return [...placesByName(nodes, contents), ...placesOfSection(nodes, contents)]
}

function secretsAt(nodes: Nodes, places: readonly Place[]): Scalar[] {
  const scalars = places.flatMap(({ value }) => scalarsIn(nodes, value))
  return scalars.filter(({ value }) => !onlyReference.test(String(value)))
}

/** Where a secret stands. */
interface Place {
  readonly value: Node | null
  /** From its key to the end of its value. */
  readonly span: Range
}

function hide(text: string, ranges: readonly Range[]): string {
  let shown = ''
  let at = 0
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (start < at) continue
    const stars = text.slice(start, end).replace(/\S(?:.*\S)?/g, (piece) => hiddenCharacter.repeat(piece.length))
    shown += text.slice(at, start) + stars
    at = end
  }
  return shown + text.slice(at)
}

function placesOfSection(nodes: Nodes, contents: Node | null): Place[] {
  if (!isMap(contents)) return []
  const section = nodes.entries(contents).find(({ key }) => key === 'security')?.value
  if (!isSeq(section)) return []
  const items = section.items.map((item) => nodes.resolve(item))
  return items
    .flatMap((item) => secretEntries(nodes, item))
    .map(({ value, keyRange, range }) => ({ value, span: { start: keyRange.start, end: endOf(value, range) } }))
}

/** What stands under a key that is the name of a secret, anywhere. */
function placesByName(nodes: Nodes, contents: Node | null): Place[] {
  const found: Place[] = []
  const search = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(search)
    if (!isMap(node)) return
    for (const { key, value } of node.items) {
      if (isSensitiveName(nameOf(nodes, key))) {
        const span = { start: rangeOf(key).start, end: endOf(value, rangeOf(value, key)) }
        found.push({ value: nodes.resolve(value), span })
      } else search(value)
    }
  }
  search(contents)
  return found
}

/** An empty value has no range of its own, but stands behind its tag. */
function endOf(value: unknown, { end }: Range): number {
  return Math.max(end, (isNode(value) && value.range?.[1]) || 0)
}

function nameOf(nodes: Nodes, key: unknown): string {
  const name = nodes.resolve(key)
  return isScalar(name) ? String(name.value) : ''
}

/** Every text and number in a value, each once however often an alias stands for it. */
function scalarsIn(nodes: Nodes, value: Node | null): Scalar[] {
  const seen = new Set<Node>()
  const found: Scalar[] = []
  const visit = (node: Node | null): void => {
    if (node === null || seen.has(node)) return
    seen.add(node)
    if (isScalar(node) && isText(node.value)) found.push(node)
    if (isSeq(node)) for (const item of node.items) visit(nodes.resolve(item))
    if (isMap(node)) for (const pair of node.items) visit(nodes.resolve(pair.value))
  }
  visit(value)
  return found
}

function isText(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint'
}
