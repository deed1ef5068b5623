import { ZatoError } from '../errors.js'
import { stringifyExactly } from '../outgoing/lossless-number.js'

/**
 * A payload as JSON text.
 *
 * @throws ZatoError ZS303 that says where what JSON cannot carry is
 */
export function toJson(payload: unknown): string {
  let json: string | undefined
  try {
    json = stringifyExactly(payload)
  } catch (cause) {
    throw unsendable(whereNot(payload) ?? describe(cause), cause)
  }
  if (json === undefined) throw unsendable(`it is a ${typeof payload}`)
  return json
}

function unsendable(why: string, cause?: unknown): ZatoError {
  return new ZatoError('ZS303', `The payload cannot be sent as JSON: ${why}`, { cause })
}

function describe(cause: unknown): string {
  return cause instanceof RangeError ? 'it is nested too deeply' : cause instanceof Error ? cause.message : 'it threw'
}

/** Where a BigInt or a circle is, as a JSON pointer. Goes the way that `JSON.stringify` goes, `toJSON` included. */
function whereNot(payload: unknown): string | undefined {
  const places = new Map<unknown, Place>()
  let found: string | undefined
  try {
    JSON.stringify(payload, function (this: unknown, key: string, value: unknown) {
      const place = { holder: this, key }
      if (typeof value === 'bigint') found ??= `a BigInt is at ${pointer(place, places)}`
      if (typeof value === 'object' && value !== null) {
        if (holds(value, place, places)) found ??= `a circle is at ${pointer(place, places)}`
        places.set(value, place)
      }
      return found === undefined ? value : undefined
    })
  } catch {
    return found
  }
  return found
}

/** Where a value hangs: under which key of which object. */
interface Place {
  readonly holder: unknown
  readonly key: string
}

function holds(value: object, place: Place, places: ReadonlyMap<unknown, Place>): boolean {
  for (let at: Place | undefined = place; at; at = places.get(at.holder)) if (at.holder === value) return true
  return false
}

function pointer(place: Place, places: ReadonlyMap<unknown, Place>): string {
  const keys: string[] = []
  // The outermost holder is the one that JSON.stringify puts around the payload, under an empty key.
  for (let at: Place | undefined = place; at && places.has(at.holder); at = places.get(at.holder)) keys.unshift(at.key)
  return `"${keys.map((key) => `/${key}`).join('')}"`
}
