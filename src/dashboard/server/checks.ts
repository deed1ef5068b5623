import { didYouMean } from '../../nearest.js'
import { invalid } from './failure.js'

/** Small checkers of what was sent: each gives the value with its type, or throws an ApiFailure 400 that names the place. */
export type Check<T> = (value: unknown, path: string) => T

type Shape = Readonly<Record<string, Check<unknown>>>
type Checked<S extends Shape> = { readonly [K in keyof S]: S[K] extends Check<infer T> ? T : never }

export const text: Check<string> = (value, path) => (typeof value === 'string' ? value : wrong(path, 'text'))

export const flag: Check<boolean> = (value, path) => (typeof value === 'boolean' ? value : wrong(path, 'true or false'))

/** Any value that JSON can carry. */
export const anything: Check<unknown> = (value) => value

export function number({ min = 0, max = Number.MAX_SAFE_INTEGER, integer = false } = {}): Check<number> {
  const what = `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`
  return (value, path) => {
    const fits = typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value))
    return fits ? value : wrong(path, what)
  }
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, path) => (value === undefined ? undefined : check(value, path))
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'a list')
    return value.map((one: unknown, index) => check(one, `${path}[${index}]`))
  }
}

/** A mapping of names to values of one kind. */
export function record<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(mapping(value, path)).map(
      ([key, one]) => [key, check(one, `${path}.${key}`)] as const,
    )
    return Object.fromEntries(entries)
  }
}

/** `[name, value]`, both text. */
export const pair: Check<readonly [string, string]> = (value, path) => {
  if (!Array.isArray(value) || value.length !== 2) return wrong(path, 'a pair of texts')
  return [text(value[0], `${path}[0]`), text(value[1], `${path}[1]`)]
}

export function oneOf<const V extends string>(...values: readonly V[]): Check<V> {
  return (value, path) => {
    const found = values.find((one) => one === value)
    return found ?? wrong(path, values.map((one) => `"${one}"`).join(' or '))
  }
}

export function either<A, B>(first: Check<A>, second: (value: unknown) => value is B): Check<A | B> {
  return (value, path) => (second(value) ? value : first(value, path))
}

/** A mapping with these keys and no others. */
export function object<S extends Shape>(shape: S): Check<Checked<S>> {
  return (value, path) => {
    const given = mapping(value, path)
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(shape, key)) continue
      throw invalid(`Unknown key "${joined(path, key)}"`, { hint: didYouMean(key, Object.keys(shape)) })
    }
    const checked = Object.entries(shape).map(([key, check]) => [key, check(given[key], joined(path, key))] as const)
    return Object.fromEntries(checked.filter(([, one]) => one !== undefined)) as Checked<S>
  }
}

function mapping(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  return wrong(path, 'a mapping')
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function wrong(path: string, what: string): never {
  const name = path === '' ? 'The body' : `"${path}"`
  throw invalid(`${name} must be ${what}`, { fields: [{ path, message: `must be ${what}` }] })
}
