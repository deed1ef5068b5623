import { type Node, type Scalar, type YAMLMap, isMap, isScalar, isSeq } from 'yaml'
import { isSensitiveName } from '../redact.js'
import { hiddenCharacter } from './frame.js'
import { type Nodes, rangeOf } from './nodes.js'
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
  if (!isMap(item)) return []
  const secret = nodes.entries(item).filter(({ key }) => !publicSecurityFields.has(key))
  return secret.flatMap(({ key, value }) => {
    const scalars = scalarsIn(nodes, value)
    // Of a mapping, what stands under the name of a secret is found anywhere.
    return key === 'extra_fields' ? scalars.filter(({ value: pair }) => isSecretPair(String(pair))) : scalars
  })
}

function isSecretPair(text: string): boolean {
  const [key, ...value] = text.split('=')
  return value.length > 0 && isSensitiveName((key ?? '').trim())
}

/** The lines of a text with the secrets in it hidden, each character by a stand-in, so that every column stays. */
export function rowsOf(text: string, { nodes, contents }: { nodes: Nodes; contents: Node | null }): string[] {
  const secrets = [...secretsByName(nodes, contents), ...secretsOfSection(nodes, contents)]
  const ranges = secrets.filter(({ value }) => !onlyReference.test(String(value))).map((node) => rangeOf(node))
  return hide(text, ranges).split('\n')
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

function secretsOfSection(nodes: Nodes, contents: Node | null): Scalar[] {
  if (!isMap(contents)) return []
  const section = nodes.entries(contents).find(({ key }) => key === 'security')?.value
  return isSeq(section) ? section.items.flatMap((item) => secretsOfDefinition(nodes, nodes.resolve(item))) : []
}

/** What stands under a key that is the name of a secret, anywhere. */
function secretsByName(nodes: Nodes, contents: Node | null): Scalar[] {
  const found: Scalar[] = []
  const search = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(search)
    if (!isMap(node)) return
    for (const { key, value } of ownEntries(nodes, node)) {
      if (isSensitiveName(key)) found.push(...scalarsIn(nodes, nodes.resolve(value)))
      else search(value)
    }
  }
  search(contents)
  return found
}

function ownEntries(nodes: Nodes, map: YAMLMap): { key: string; value: unknown }[] {
  return map.items.map(({ key, value }) => {
    const name = nodes.resolve(key)
    return { key: isScalar(name) ? String(name.value) : '', value }
  })
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
