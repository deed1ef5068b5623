/** Options, `params` and `headers` are plain objects: telling them from what people pass by mistake. */

export type PlainObject = Readonly<Record<string, unknown>>

/** Whether `value` can be read by its own keys: not an array, a Map, a Headers, a Date, a promise… */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null) return false
  return (
    !(Symbol.iterator in value) && !(value instanceof Date) && !('then' in value && typeof value.then === 'function')
  )
}

/** What a value is, for a message: `null`, `an array`, `a Map`, `a string`. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object') return withArticle(typeof value)
  const name = Object.prototype.toString.call(value).slice(8, -1)
  return name === 'Object' ? 'an object' : withArticle(name)
}

/** How to make a plain object of an iterable of pairs; undefined for what is none. */
export function fromEntriesHint(value: unknown): string | undefined {
  const isPairs = typeof value === 'object' && value !== null && 'entries' in value && !Array.isArray(value)
  return isPairs ? 'Object.fromEntries(…) makes an object of it' : undefined
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) && !noun.startsWith('U') ? 'an' : 'a'} ${noun}`
}
