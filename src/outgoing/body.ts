import type { OutgoingDefinition } from '../project/schema.js'
import { stringifyExactly } from './lossless-number.js'
import { Mistake } from './mistake.js'
import { describe, isPlainObject } from './plain-object.js'
import { PayloadStream, isByteStream } from './payload-stream.js'
import { scalarText } from './query.js'
import { unwritableHint } from './unwritable.js'
import { Multipart } from './upload/multipart.js'

type DataFormat = OutgoingDefinition['dataFormat']

/** A payload as it is sent. */
export interface Body {
  readonly content: Uint8Array | PayloadStream
  readonly contentType: string
  /** Of an upload, if it is known: what else has a length tells it by itself. */
  readonly length?: number | undefined
  /** Whether no other Content-Type would do: it names the boundary. */
  readonly isMultipart?: boolean
}

/** What a body is sent as that says nothing else. */
export const contentTypes: Readonly<Record<DataFormat, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
}
const bytesType = 'application/octet-stream'

/**
 * Writes a payload as the connection's `data_format` says. Strings, bytes and streams are ready-made and stay as they are;
 * `undefined` is no body.
 *
 * @throws Mistake for a payload that the format cannot hold
 */
export function writeBody(format: DataFormat, payload: unknown): Body | undefined {
  if (payload === undefined) return undefined
  if (payload instanceof Multipart) {
    const { contentType, length } = payload
    return { content: new PayloadStream(payload), contentType, length, isMultipart: true }
  }
  const contentType = contentTypes[format]
  if (typeof payload === 'string') return { content: Buffer.from(payload), contentType }
  const bytes = asBytes(payload)
  if (bytes) return { content: bytes, contentType: bytesType }
  if (isByteStream(payload)) return { content: new PayloadStream(payload), contentType: bytesType }
  return { content: Buffer.from(writeText(format, payload)), contentType }
}

function writeText(format: DataFormat, payload: unknown): string {
  refuseUnwritable(payload)
  if (format === 'json') return writeJson(payload)
  if (format === 'form') return writeForm(payload)
  throw new Mistake('ZN402', `the payload is ${describe(payload)}, and its data_format is ${format}`, {
    hint: 'give a string or bytes, or set data_format: json',
  })
}

function asBytes(payload: unknown): Uint8Array | undefined {
  if (payload instanceof Uint8Array) return payload
  if (ArrayBuffer.isView(payload)) return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  return payload instanceof ArrayBuffer || payload instanceof SharedArrayBuffer ? new Uint8Array(payload) : undefined
}

function refuseUnwritable(payload: unknown): void {
  if (typeof payload === 'function' || typeof payload === 'symbol') {
    throw new Mistake('ZN402', `the payload is ${describe(payload)}`, { hint: 'was it meant to be called?' })
  }
  // A form takes it, and JSON says so in words of its own.
  if (typeof payload !== 'object' || payload === null || payload instanceof URLSearchParams) return
  const hint = unwritableHint(payload)
  if (hint !== undefined) throw new Mistake('ZN402', `the payload is ${describe(payload)}`, { hint })
}

function writeJson(payload: unknown): string {
  if (payload instanceof URLSearchParams) {
    throw new Mistake('ZN402', 'the payload is a URLSearchParams, and its data_format is json', {
      hint: 'give an object, or set data_format: form',
    })
  }
  let text: unknown
  try {
    text = stringifyExactly(payload)
  } catch (cause) {
    throw new Mistake('ZN402', `the payload has no JSON: ${reasonOf(cause)}`, { cause, hint: jsonHint(cause) })
  }
  if (typeof text === 'string') return text
  throw new Mistake('ZN402', 'the payload has no JSON: its toJSON gives nothing')
}

/** The first line: V8 draws the whole circle below it. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return message.split('\n', 1)[0] ?? ''
}

function jsonHint(cause: unknown): string | undefined {
  if (!(cause instanceof TypeError)) return undefined
  return cause.message.includes('BigInt') ? 'write it as String(value)' : 'send a copy without the circle'
}

function writeForm(payload: unknown): string {
  if (payload instanceof URLSearchParams) return payload.toString()
  if (!isPlainObject(payload)) {
    throw new Mistake('ZN402', `the payload is ${describe(payload)}, and its data_format is form`, {
      hint: 'give an object of fields, or a string that is encoded already',
    })
  }
  const form = new URLSearchParams()
  for (const name of Object.keys(payload)) {
    const value = payload[name]
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) appendField(form, name, one)
  }
  return form.toString()
}

function appendField(form: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) return
  const text = scalarText(value)
  if (text === undefined) {
    throw new Mistake('ZN402', `the field "${name}" of the payload is ${describe(value)}, which a form cannot hold`, {
      hint: 'a field is a string, a number or a boolean, or an array of them; JSON.stringify(value) for JSON',
    })
  }
  form.append(name, text)
}
