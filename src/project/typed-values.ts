import { didYouMean } from '../nearest.js'
import type { Field } from './fields.js'
import type { Range } from './source.js'
import type { ValueContext } from './value-context.js'

/** Values that are more than text: numbers, booleans, sizes, words of a list. */

/** A field and where its value stands. */
export interface Named {
  readonly name: string
  readonly field: Field
  readonly range: Range
}

/** A number or a boolean that came from the environment. */
export function fromReference(
  { name, field, value, range }: Named & { value: string },
  context: ValueContext,
): unknown {
  if (field.kind === 'boolean') {
    // The spellings that YAML has.
    if (/^(true|True|TRUE|false|False|FALSE)$/.test(value)) return value.toLowerCase() === 'true'
    return wrongType({ name, field, range }, context)
  }
  const number = value.trim() === '' ? Number.NaN : Number(value)
  return Number.isNaN(number)
    ? wrongType({ name, field, range }, context)
    : bounded({ name, field, value: number, range }, context)
}

export function wrongType(
  { name, field, range, value = '' }: Named & { value?: string },
  { report }: ValueContext,
): unknown {
  report({ code: 'ZC104', message: `"${name}" must be ${nounOf(field)}`, hint: intendedHint(field, value), range })
  return undefined
}

/** What was meant by a text in place of a number or a boolean, if that is plain. */
function intendedHint({ kind, integer }: Field, value: string): string | undefined {
  const [, seconds] = /^(\d+(?:\.\d+)?) ?s(?:ec(?:onds?)?)?$/.exec(value) ?? []
  if (kind === 'number' && !integer && seconds !== undefined) return `write ${seconds}`
  if (kind === 'boolean' && /^(yes|y|on|1)$/i.test(value)) return 'write true'
  if (kind === 'boolean' && /^(no|n|off|0)$/i.test(value)) return 'write false'
  const isRight =
    kind === 'boolean' ? /^(true|false)$/.test(value) : value.trim() !== '' && !Number.isNaN(Number(value))
  return isRight ? `write ${value.trim()}, without quotes` : undefined
}

/** A number within the bounds of its field. */
export function bounded(
  { name, field, value, range }: Named & { value: number },
  { report }: ValueContext,
): number | undefined {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer } = field
  if (Number.isFinite(value) && value >= min && value <= max && (!integer || Number.isInteger(value))) return value
  const bounds = [
    integer ? 'a whole number' : 'a number',
    ...(field.min === undefined ? [] : [`from ${field.min}`]),
    ...(field.max === undefined ? [] : [`up to ${field.max}`]),
  ]
  const hint = name === 'timeout' && value > max ? 'it is in seconds: did you mean milliseconds?' : undefined
  report({ code: 'ZC105', message: `"${name}" must be ${bounds.join(' ')}`, hint, range })
  return undefined
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

/** Bytes: `64 MB`, `512 KB`, `1000`. */
export function size(
  { name, field, value, range }: Named & { value: string },
  context: ValueContext,
): number | undefined {
  const [, amount, unit = 'b'] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?b)?\s*$/i.exec(value) ?? []
  if (amount === undefined) {
    context.report({
      code: 'ZC104',
      message: `"${name}" must be a size`,
      hint: 'such as 512 KB, 8 MB, or a number of bytes',
      range,
    })
    return undefined
  }
  return bounded({ name, field, value: Math.floor(Number(amount) * (units[unit.toLowerCase()] ?? 1)), range }, context)
}

/** One of the words of the field. */
export function oneOf(
  { name, field, value, range }: Named & { value: string },
  { report }: ValueContext,
): string | undefined {
  const { values = [], refusedValues = [] } = field
  if (values.includes(value)) return value
  const sameInOtherCase = values.find((one) => one.toLowerCase() === value.toLowerCase())
  if (sameInOtherCase !== undefined && name === 'method') return sameInOtherCase
  if (refusedValues.includes(value)) {
    report({ code: 'ZC301', message: `"${name}: ${value}" is not served yet`, scope: 'item', range })
    return typeof field.default === 'string' ? field.default : values[0]
  }
  const hint = didYouMean(value, values) ?? `one of: ${values.join(', ')}`
  report({ code: 'ZC105', message: `"${name}" cannot be "${value}"`, hint, range })
  return undefined
}

/** Whether any text will do for a field, as far as its type goes. */
export function isTextKind({ kind }: Field): boolean {
  return kind !== 'number' && kind !== 'boolean' && kind !== 'size'
}

/** What a field wants, in words. */
export function nounOf({ kind, values }: Field): string {
  if (kind === 'number') return 'a number'
  if (kind === 'boolean') return 'true or false'
  if (kind === 'size') return 'a size, such as 8 MB'
  if (kind === 'enum') return `one of ${(values ?? []).join(', ')}`
  return 'text'
}
