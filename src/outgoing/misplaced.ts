import { Mistake } from './mistake.js'
import { isPlainObject } from './plain-object.js'

interface Given {
  readonly payload?: unknown
  readonly options?: unknown
}

/** What is wrong if the path lacks a value that stands in the payload: the options were given one argument too early. */
export function misplaced({ payload, options }: Given, { code, message }: Mistake): Mistake | undefined {
  if (code !== 'ZN401' || options !== undefined) return undefined
  if (!isPlainObject(payload) || !Object.hasOwn(payload, 'params')) return undefined
  return new Mistake(code, message, { hint: '"params" stands in the payload: options are the third argument' })
}
