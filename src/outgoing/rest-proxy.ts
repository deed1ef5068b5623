import type { OutgoingRest, RestItem } from './names.js'

/** What `this.out.rest` stands for. */
export interface RestSource {
  names(): readonly string[]
  has(name: string): boolean
  /** @throws NotConfigured if there is none of this name */
  open(name: string): RestItem
}

/** What the language and tools look for in any object; a connection of such a name is found all the same. */
const looksLikeProbe = new Set(['then', 'toJSON'])

const handler: ProxyHandler<RestSource> = {
  get(source, name) {
    if (typeof name === 'symbol' || (looksLikeProbe.has(name) && !source.has(name))) return undefined
    return source.open(name)
  },
  has: (source, name) => typeof name === 'string' && source.has(name),
  ownKeys: (source) => [...source.names()],
  getOwnPropertyDescriptor(source, name) {
    if (typeof name === 'symbol' || !source.has(name)) return undefined
    return { value: source.open(name), enumerable: true, configurable: true, writable: false }
  },
  getPrototypeOf: () => null,
  set: () => false,
  defineProperty: () => false,
  deleteProperty: () => false,
}

/** The connections as properties of an object. They are opened as they are asked for: it costs little to make one. */
export function restProxy(source: RestSource): OutgoingRest {
  return new Proxy(source, handler) as unknown as OutgoingRest
}
