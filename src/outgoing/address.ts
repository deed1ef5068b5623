import { nearest } from '../nearest.js'
import { parsePath } from '../project/path.js'
import { Mistake } from './mistake.js'
import { type PlainObject, describe, fromEntriesHint, isPlainObject } from './plain-object.js'
import { scalarText, writeQuery } from './query.js'

const dotSegment = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i
/** What may not stand in a request target as it is; an escape that the file has written itself may. */
const unencoded = /(?:[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]|%(?![0-9A-Fa-f]{2}))+/g
const control = /[\u0000-\u001f\u007f]/
const noParams: PlainObject = {}

/**
 * The address of a connection, compiled once: host and path template, with what is fixed of it already encoded and
 * checked. A parameter fills one segment, or a part of one, and can reach no other host or path.
 */
export class Address {
  /** Scheme, host and port: what is connected to. */
  readonly origin: string
  /** As written in the file, for messages. */
  readonly template: string
  /** Names of the placeholders, in the order of the path. */
  readonly placeholders: readonly string[]
  readonly #path: Template
  readonly #query: Template
  readonly #taken: ReadonlySet<string>
  /** The whole target, where it needs no parameters. */
  readonly #fixed: string | undefined

  /** @throws Mistake for a host or a path that cannot be called */
  constructor(host: string, urlPath: string) {
    const { origin, basePath } = readHost(host)
    const [path, query] = compile(joinPaths(basePath, urlPath))
    this.origin = origin
    this.template = urlPath === '' ? '/' : urlPath
    this.placeholders = [...path.names, ...query.names]
    this.#path = path
    this.#query = query
    this.#taken = new Set(this.placeholders)
    if (this.placeholders.length > 0) return
    checkSegments(path.literals[0] ?? '', this.template)
    this.#fixed = joinQuery(path.literals[0] ?? '', query.literals[0] ?? '', '')
  }

  /**
   * The request target that these parameters make: path and query, ready to be sent. The object is only read.
   *
   * @throws Mistake for a missing or unusable parameter
   */
  target(params: unknown): string {
    if (params === undefined && this.#fixed !== undefined) return this.#fixed
    const given = checkParams(params, this.placeholders)
    if (this.#fixed !== undefined) return appendQuery(this.#fixed, writeQuery(given, this.#taken))
    const unusable: string[] = []
    const path = fill(this.#path, given, unusable)
    const query = fill(this.#query, given, unusable)
    if (unusable.length > 0) throw missingValues(this, given, unusable)
    checkSegments(path, this.template)
    return joinQuery(path, query, writeQuery(given, this.#taken))
  }
}

/** Text between placeholders: always one more literal than there are names. */
interface Template {
  readonly literals: readonly string[]
  readonly names: readonly string[]
}

function readHost(host: string): { origin: string; basePath: string } {
  let url: URL
  try {
    url = new URL(host)
  } catch (cause) {
    throw new Mistake('ZN404', 'its host is not an address', { cause, hint: 'write host: https://api.example.com' })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Mistake('ZN404', `its host has the scheme "${url.protocol.slice(0, -1)}"`, {
      hint: 'http or https it must be',
    })
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Mistake('ZN404', 'its host holds more than scheme, host and port', {
      hint: 'credentials go to a security definition, the rest to url_path',
    })
  }
  return { origin: url.origin, basePath: url.pathname }
}

/** With one slash between the two, however they are written. */
function joinPaths(base: string, path: string): string {
  if (path === '' || path.startsWith('?')) return `${base}${path}`
  return `${base.replace(/\/$/, '')}${path.startsWith('/') ? '' : '/'}${path}`
}

/** Splits a template into its path and what it has of a query. */
function compile(text: string): [path: Template, query: Template] {
  const path = { literals: [''], names: [] as string[] }
  const query = { literals: [''], names: [] as string[] }
  let current = path
  const addText = (more: string) => {
    current.literals.push((current.literals.pop() ?? '') + more)
  }
  for (const part of parsePath(text).parts) {
    if (part.kind === 'placeholder') {
      current.names.push(part.name)
      current.literals.push('')
      continue
    }
    const mark = current === path ? part.text.indexOf('?') : -1
    addText(encodeLiteral(mark === -1 ? part.text : part.text.slice(0, mark)))
    if (mark === -1) continue
    current = query
    addText(encodeLiteral(part.text.slice(mark + 1)))
  }
  return [path, query]
}

function encodeLiteral(text: string): string {
  if (control.test(text)) throw new Mistake('ZN404', 'its path holds a control character')
  // By way of a Buffer, because encodeURIComponent throws for half a surrogate pair.
  return text.replace(unencoded, (run) => encodeURIComponent(Buffer.from(run).toString()))
}

function checkParams(params: unknown, placeholders: readonly string[]): PlainObject {
  if (params === undefined) return noParams
  if (isPlainObject(params)) return params
  const example = placeholders.length > 0 ? placeholders.map((name) => `${name}: …`).join(', ') : "status: 'pending'"
  throw new Mistake('ZN403', `"params" is ${describe(params)}`, {
    hint: fromEntriesHint(params) ?? `write params: { ${example} }`,
  })
}

function fill({ literals, names }: Template, params: PlainObject, unusable: string[]): string {
  let text = literals[0] ?? ''
  for (let index = 0; index < names.length; index++) {
    const name = names[index] ?? ''
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    text += segmentText(name, value, unusable) + (literals[index + 1] ?? '')
  }
  return text
}

function segmentText(name: string, value: unknown, unusable: string[]): string {
  const text = scalarText(value)
  if (text === undefined || text === '') {
    unusable.push(`{${name}} (${value === undefined ? 'missing' : stateOf(value)})`)
    return ''
  }
  try {
    return encodeURIComponent(text)
  } catch {
    unusable.push(`{${name}} (half a surrogate pair, which has no encoding)`)
    return ''
  }
}

function stateOf(value: unknown): string {
  if (value === '') return 'empty'
  return typeof value === 'number' ? String(value) : describe(value)
}

function missingValues(address: Address, params: PlainObject, unusable: readonly string[]): Mistake {
  const message = `the path "${address.template}" lacks a value for ${unusable.join(', ')}`
  const spare = Object.keys(params).filter((key) => !address.placeholders.includes(key))
  for (const name of address.placeholders) {
    if (Object.hasOwn(params, name)) continue
    const [close] = nearest(name, spare)
    if (close !== undefined) return new Mistake('ZN401', message, { hint: `is "${close}" meant to be "${name}"?` })
  }
  const example = address.placeholders.map((name) => `${name}: …`).join(', ')
  return new Mistake('ZN401', message, {
    hint: `give params: { ${example} }, each a non-empty string, a number or a boolean`,
  })
}

function checkSegments(path: string, template: string): void {
  if (!dotSegment.test(path)) return
  throw new Mistake(
    'ZN401',
    `the path "${template}" would hold "." or ".." as a segment, which leads to another path`,
    {
      hint: 'check the value that was given',
    },
  )
}

function joinQuery(path: string, fixed: string, query: string): string {
  return appendQuery(fixed === '' ? path : `${path}?${fixed}`, query)
}

function appendQuery(target: string, query: string): string {
  if (query === '') return target
  return `${target}${target.includes('?') ? '&' : '?'}${query}`
}
