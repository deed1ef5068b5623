import { resolve } from 'node:path'
import { type Node, isMap, isScalar, isSeq } from 'yaml'
import { isSensitiveName } from '../redact.js'
import type { Field } from './fields.js'
import { headerProblem } from './header-rules.js'
import { hostFinding, urlFinding } from './host.js'
import { plainOf, rangeOf } from './nodes.js'
import { type PathProblem, foreignPlaceholders, parsePath } from './path.js'
import { proxySecret, splitProxy } from './proxy-address.js'
import { type ResolvedText, resolveReferences } from './references.js'
import { readRows } from './rows.js'
import { type Finding, type Range, malformedReference } from './source.js'
import { bounded, fromReference, isTextKind, nounOf, oneOf, size, wrongType } from './typed-values.js'
import type { ValueContext } from './value-context.js'

/** Reads the value of one field: references put in, the type checked, units worked out. */

interface FieldValue {
  readonly name: string
  readonly field: Field
  readonly node: Node | null
  readonly range: Range
}

/** The value, or undefined if it is wrong; what is wrong has been reported. */
export function readValue({ name, field, node, range }: FieldValue, context: ValueContext): unknown {
  switch (field.kind) {
    case 'stringMap':
    case 'secretMap':
      return readMap({ name, field, node, range }, context)
    case 'stringList':
      return readList({ name, field, node, range }, context)
    case 'words':
      return readWords({ name, field, node, range }, context)
    case 'pairs':
      return readPairs({ name, field, node, range }, context)
    case 'rows':
      return readRows({ name, node, range, text: (...of) => readNamed(of, context) }, context)
    case 'any':
      return plainOf(context.nodes, node)
    default:
      return readScalar({ name, field, node, range }, context)
  }
}

type Named = readonly [name: string, field: Field, node: Node | null, range: Range]

function readNamed([name, field, node, range]: Named, context: ValueContext): unknown {
  return readScalar({ name, field, node, range }, context)
}

function readScalar({ name, field, node, range }: FieldValue, context: ValueContext): unknown {
  const { report } = context
  if (!isScalar(node)) {
    const braces = isMap(node) && node.flow === true
    report(
      braces
        ? {
            code: 'ZC006',
            message: `"${name}" is a mapping to YAML, because its value starts with "{"`,
            hint: 'put the value in quotes',
            range,
          }
        : {
            code: 'ZC104',
            message: `"${name}" must be ${nounOf(field)}`,
            hint: `it is a ${isSeq(node) ? 'list' : 'mapping'} here`,
            range,
          },
    )
    return undefined
  }
  const { value } = node
  if (typeof value === 'string') return readText({ name, field, text: value, range, node }, context)
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (isTextKind(field)) return readText({ name, field, text: node.source ?? String(value), range, node }, context)
    if (field.kind === 'number' || field.kind === 'size')
      return bounded({ name, field, value: Number(value), range }, context)
  }
  if (typeof value === 'boolean' && field.kind === 'boolean') return value
  const quoted = field.kind === 'secret' ? '' : `: "${node.source ?? String(value)}"`
  const hint = isTextKind(field) ? `put it in quotes${quoted}` : undefined
  report({ code: 'ZC104', message: `"${name}" must be ${nounOf(field)}`, hint, range })
  return undefined
}

interface TextValue {
  readonly name: string
  readonly field: Field
  readonly text: string
  readonly range: Range
  readonly node: Node
}

function readText({ name, field, text, range, node }: TextValue, context: ValueContext): unknown {
  const resolved = resolveIn({ text, range }, context)
  if (!resolved) return undefined
  if (field.kind === 'secret') for (const secret of secretsIn(resolved)) context.secret(secret)
  if (resolved.missing.length > 0) return placeholderFor(field)
  const value = resolved.text
  const isMeant = field.mayBeEmpty && text === ''
  if (field.kind === 'secret' && field.required && value.trim() === '' && !isMeant) {
    const message = `"${name}" is empty`
    context.report({ code: 'ZC105', message, hint: 'give it, or its variable, a value', scope: 'item', range })
  }
  switch (field.kind) {
    case 'number':
    case 'boolean':
      return resolved.isReference
        ? fromReference({ name, field, value, range }, context)
        : wrongType({ name, field, value, range }, context)
    case 'size':
      return size({ name, field, value, range }, context)
    case 'enum':
      return oneOf({ name, field, value, range }, context)
    case 'host':
      return checked(hostFinding(value, range), value, context)
    case 'url':
      return checked(urlFinding(name, value, range), value, context)
    case 'proxy':
      return readProxy({ name, value, range }, context)
    case 'path':
      return checkPath({ name, value, range, node, isPlainText: text === value }, context)
    case 'file':
      return resolve(context.root, value)
    default:
      return value
  }
}

/** The value, and what stands in it from the environment: either would give the credential away. */
function secretsIn({ text, inserted }: ResolvedText): string[] {
  return [text, ...inserted].filter((secret) => secret !== '')
}

/** Puts references in and reports what is wrong with them; undefined if one is malformed. */
function resolveIn({ text, range }: { text: string; range: Range }, context: ValueContext): ResolvedText | undefined {
  const resolved = resolveReferences(text, context.environment)
  if (resolved.malformed !== undefined) {
    context.report(malformedReference(range))
    return undefined
  }
  for (const reference of resolved.missing) context.missing(reference, range)
  return resolved
}

/** What stands in the definition of an item that refuses to work: of the right type, and never used. */
function placeholderFor(field: Field): unknown {
  if (field.kind === 'number' || field.kind === 'size') return field.default ?? field.min ?? 0
  if (field.kind === 'boolean') return field.default ?? false
  if (field.kind === 'enum') return field.default ?? field.values?.[0]
  return ''
}

function checked<T>(finding: Finding | undefined, value: T, { report }: ValueContext): T | undefined {
  if (!finding) return value
  report(finding)
  return undefined
}

interface PathValue {
  readonly name: string
  readonly value: string
  readonly range: Range
  readonly node: Node
  /** Whether the value stands in the file as it is, so that offsets in it are offsets in the file. */
  readonly isPlainText: boolean
}

function checkPath({ value, range, node, isPlainText }: PathValue, { report }: ValueContext): string | undefined {
  const { problems } = parsePath(value)
  const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
  const from = range.start + (quoted ? 1 : 0)
  const isExact = isPlainText && range.end - range.start === value.length + (quoted ? 2 : 0)
  const found = ({ message, hint, start, end }: PathProblem) => ({
    message,
    hint,
    range: isExact ? { start: from + start, end: from + end } : range,
  })
  for (const problem of problems) report({ code: 'ZC106', ...found(problem) })
  for (const foreign of foreignPlaceholders(value)) report({ code: 'ZC306', severity: 'warning', ...found(foreign) })
  return problems.length === 0 ? value : undefined
}

function readMap(
  { name, node, field, range }: FieldValue,
  context: ValueContext,
): Readonly<Record<string, string>> | undefined {
  if (!isMap(node)) {
    context.report({
      code: 'ZC104',
      message: `"${name}" must be a mapping`,
      hint: 'write one "key: value" a line below it',
      range,
    })
    return undefined
  }
  const pairs = context.nodes.entries(node).map(({ key, keyRange, value, range: at }) => {
    const kind = isSensitiveName(key) ? ('secret' as const) : ('string' as const)
    const one = { ...field, kind }
    const text = readScalar({ name: `${name}.${key}`, field: one, node: value, range: at }, context)
    if (name === 'headers') checkHeader({ name: key, value: text, range: keyRange }, context)
    return [key, text] as const
  })
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => typeof pair[1] === 'string'))
}

/** One that cannot be sent would fail each call. */
function checkHeader(
  { name, value, range }: { name: string; value: unknown; range: Range },
  { report }: ValueContext,
): void {
  if (typeof value !== 'string') return
  const problem = headerProblem(name, value)
  if (!problem) return
  const { message, hint } = problem
  report({ code: 'ZC105', message: message.replace(/^./, (first) => first.toUpperCase()), hint, scope: 'item', range })
}

function readList({ name, node, field, range }: FieldValue, context: ValueContext): readonly string[] | undefined {
  const one = { ...field, kind: 'string' as const }
  if (!isSeq(node)) {
    context.report({
      code: 'ZC104',
      message: `"${name}" must be a list`,
      hint: 'write one "- value" a line below it',
      range,
    })
    return undefined
  }
  return node.items
    .map((item) => readScalar({ name, field: one, node: context.nodes.resolve(item), range: rangeOf(item) }, context))
    .filter((value) => typeof value === 'string')
}

/** The address of a proxy, whose password is a secret; it is never repeated. */
function readProxy({ name, value, range }: { name: string; value: string; range: Range }, context: ValueContext) {
  const proxy = splitProxy(value)
  const secret = proxySecret(proxy)
  if (secret !== undefined) context.secret(secret)
  const wrong =
    value !== 'none' &&
    !/^(https?:\/\/)?[^\s/?#:@]+(:\d+)?\/?$|^(https?:\/\/)?\[[\da-f:.]+\](:\d+)?\/?$/i.test(proxy.address)
  if (!wrong) return value
  const hint = 'such as http://proxy.example.com:3128, or none'
  context.report({ code: 'ZC107', message: `"${name}" is no address of a proxy`, hint, range })
  return undefined
}

/** Text with blanks or line breaks between its words, or a list. */
function readWords({ name, node, field, range }: FieldValue, context: ValueContext): string | undefined {
  const one = { ...field, kind: 'string' as const }
  const read = isSeq(node)
    ? readList({ name, node, field, range }, context)
    : readScalar({ name, field: one, node, range }, context)
  const text = Array.isArray(read) ? read.join(' ') : read
  return typeof text === 'string' ? text.trim().replace(/\s+/g, ' ') : undefined
}

/** A list of `key=value`, as Zato writes it, or a mapping. */
function readPairs(
  { name, node, field, range }: FieldValue,
  context: ValueContext,
): Readonly<Record<string, string>> | undefined {
  if (isMap(node)) return readMap({ name, node, field, range }, context)
  const pairs = (readList({ name, node, field, range }, context) ?? []).map((text) =>
    /^\s*([^=]*[^=\s])\s*=(.*)$/s.exec(text),
  )
  for (const pair of pairs) if (pair?.[2] && isSensitiveName(pair[1] ?? '')) context.secret(pair[2])
  if (pairs.every((pair) => pair !== null))
    return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value]))
  const hint = 'write "- key=value" a line, or "key: value"'
  context.report({ code: 'ZC104', message: `"${name}" must be a list of key=value`, hint, range })
  return undefined
}
