import type { LogEntry, LogFields } from '../log.js'
import { LosslessNumber } from '../outgoing/lossless-number.js'
import { type Redactor, redacted } from '../redact.js'

const depthLimit = 8

/** A copy of a log line that JSON can carry and that holds no secret. */
export function plainEntry(entry: LogEntry, redactor: Redactor): LogEntry {
  const { message, fields, ...rest } = entry
  return {
    ...rest,
    message: shownText(message, redactor),
    ...(fields && { fields: plainFields(fields, redactor) }),
  }
}

/** Text may hold addresses, and JSON. */
function shownText(text: string, redactor: Redactor): string {
  return redactor.url(text.includes('":') ? redactor.fields(text) : text)
}

function plainFields(fields: LogFields, redactor: Redactor): LogFields {
  return plainRecord(Object.entries(fields), { redactor, above: [], way: [] })
}

interface Walk {
  readonly redactor: Redactor
  /** Objects that hold this value: one of them again is a circle. */
  readonly above: readonly unknown[]
  /** The keys that lead to it. */
  readonly way: readonly string[]
}

function plainValue(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return shownText(value, walk.redactor)
    case 'bigint':
    case 'symbol':
      return walk.redactor.text(value.toString())
    case 'number':
      return walk.redactor.text(String(value)) === String(value) ? value : redacted
    case 'function':
      return `[function ${walk.redactor.text(value.name)}]`
    case 'object':
      return value === null ? null : readable(value, walk)
    default:
      return value
  }
}

/** Logging never throws, whatever the object does that is logged. */
function readable(value: object, walk: Walk): unknown {
  try {
    return plainObject(value, walk)
  } catch (error) {
    return walk.redactor.text(`[unreadable: ${error instanceof Error ? error.message : typeof error}]`)
  }
}

function plainObject(value: object, { redactor, above, way }: Walk): unknown {
  if (above.includes(value)) return '[circle]'
  if (above.length >= depthLimit) return '[…]'
  const walk = { redactor, above: [...above, value], way }
  if (value instanceof Error) return plainError(value, walk)
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof LosslessNumber) return walk.redactor.text(String(value))
  if (Array.isArray(value)) return value.map((one) => plainValue(one, walk))
  if (value instanceof Set) return [...value].map((one) => plainValue(one, walk))
  const entries =
    value instanceof Map ? [...value].map(([key, one]) => [keyName(key), one] as const) : ownEntries(value)
  return plainRecord(entries, walk)
}

function keyName(key: unknown): string {
  return typeof key === 'object' && key !== null ? '[object]' : String(key)
}

function ownEntries(value: object): (readonly [string, unknown])[] {
  return Object.keys(value).map((name) => {
    try {
      return [name, (value as Record<string, unknown>)[name]]
    } catch {
      return [name, '[unreadable]']
    }
  })
}

function plainError(error: Error, walk: Walk): unknown {
  const { name, message, stack } = error
  return plainValue({ name, message, stack, ...(error.cause !== undefined && { cause: error.cause }) }, walk)
}

/** A value under a name such as `password` is hidden whatever it is. */
function plainRecord(entries: readonly (readonly [string, unknown])[], walk: Walk): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([name, value]) => [
      walk.redactor.text(name),
      value != null && walk.redactor.hides([...walk.way, name])
        ? redacted
        : plainValue(value, { ...walk, way: [...walk.way, name] }),
    ]),
  )
}
