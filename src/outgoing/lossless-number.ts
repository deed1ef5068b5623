import { inspect } from 'node:util'

/** Node 20 has none. */
const rawJson = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON

/** What writes exact JSON at this moment, where Node cannot: what a number is written as. */
let spell: ((text: string) => string) | undefined

/**
 * A number of a JSON reply that JavaScript's own numbers cannot hold as it was written: `9007199254740993`, `1.10`,
 * `1e400`. A connection with `json: lossless` gives it; wherever it is sent on, it is written digit for digit.
 *
 * `String(number)` is its text, `Number(number)` the nearest number, `BigInt(number)` the exact integer. In arithmetic an integer
 * stands as a bigint, so that digits are never lost in silence, and a decimal as the nearest number.
 *
 * @example
 * const { id } = response.data            // {"id": 9007199254740993}
 * await conn.get(this.cid, { params: { id } })
 */
export class LosslessNumber {
  readonly #text: string

  /** @param text a number as JSON writes it */
  constructor(text: string) {
    if (!jsonNumber.test(text)) throw new TypeError(`${inspect(text)} is not a number of JSON`)
    this.#text = text
  }

  /** The number as it was written. */
  toString(): string {
    return this.#text
  }

  valueOf(): number | bigint {
    return integer.test(this.#text) ? BigInt(this.#text) : Number(this.#text)
  }

  /** Written digit for digit; by `JSON.stringify` of Node 20, which cannot, as the nearest number. */
  toJSON(): unknown {
    if (rawJson) return rawJson(this.#text)
    return spell ? spell(this.#text) : Number(this.#text)
  }

  [inspect.custom](): string {
    return this.#text
  }
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** But for -0, which a bigint cannot be. */
const integer = /^-?[1-9]\d*$/

/**
 * `JSON.stringify` that writes each `LosslessNumber` digit for digit, in every version of Node; undefined for what has no JSON.
 *
 * @throws what `JSON.stringify` throws
 */
export function stringifyExactly(value: unknown, space?: number): string | undefined {
  const stringify = () => JSON.stringify(value, undefined, space) as string | undefined
  if (rawJson || spell) return stringify()
  let mark: string | undefined
  spell = (text) => (mark ??= newMark()) + text
  try {
    const text = stringify()
    return mark === undefined ? text : text?.replaceAll(new RegExp(`"${mark}([^"]+)"`, 'g'), '$1')
  } finally {
    spell = undefined
  }
}

/** The beginning of a text that stands for a number; nobody can guess it. */
export function newMark(): string {
  return `number ${crypto.randomUUID()} `
}
