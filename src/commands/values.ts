import { UsageError } from '../errors.js'

/** Readers of the values that several commands take. */

/** Reads a number that is at least `min`. */
export function numberFrom(flag: string, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isFinite(value) && value >= min) return value
    throw new UsageError('ZU001', `${flag} needs a number of at least ${min}, not "${text}"`)
  }
}

const longestSeconds = 3600

/** Reads seconds of a time limit: more than 0, at most an hour. */
export function secondsFrom(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && value > 0 && value <= longestSeconds) return value
    throw new UsageError('ZU001', `${flag} needs seconds, more than 0 and at most ${longestSeconds}, not "${text}"`)
  }
}

/** Reads a whole number within bounds. */
export function integerFrom(flag: string, min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    throw new UsageError('ZU001', `${flag} needs a whole number ${range}, not "${text}"`)
  }
}

export type Header = readonly [name: string, value: string]

/** Reads `name: value`, and `name=value`, whichever sign comes first. */
export function headerFrom(flag: string): (text: string) => Header {
  return (text) => {
    const at = text.search(/[:=]/)
    const name = text.slice(0, at).trim()
    if (at > 0 && name !== '') return [name, text.slice(at + 1).trim()]
    throw new UsageError('ZU001', `${flag} needs "name: value", not "${text}"`)
  }
}
