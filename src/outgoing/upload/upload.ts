import { headerProblem } from '../../project/header-rules.js'
import type { Caller } from '../caller.js'
import { performWithDeclared } from '../declared/perform.js'
import type { Endpoint } from '../endpoint.js'
import { Mistake } from '../mistake.js'
import { type PlainObject, describe, isPlainObject } from '../plain-object.js'
import { badCall } from '../prepare.js'
import { scalarText } from '../query.js'
import type { RestResponse } from '../response.js'
import { type UploadFile, openFile } from './file.js'
import { Multipart, type MultipartOptions } from './multipart.js'

interface UploadCall {
  readonly cid: unknown
  readonly file: unknown
  readonly options?: unknown
}

/** Sends a file as multipart/form-data. @throws OutgoingError */
export async function upload<T>(endpoint: Endpoint, caller: Caller, call: UploadCall): Promise<RestResponse<T>> {
  const { cid, file, options = {} } = call
  const { own, rest } = isPlainObject(options) ? split(options) : { own: {}, rest: options }
  let multipart: Multipart | undefined
  try {
    multipart = await openMultipart(file, own, rest)
    return await performWithDeclared<T>(endpoint, caller, { method: 'POST', cid, payload: multipart, options: rest })
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    const facts = { connection: endpoint.name, cid: typeof cid === 'string' ? cid : undefined, method: 'POST' }
    throw badCall(error, endpoint, facts)
  } finally {
    multipart?.destroy()
  }
}

const ownKeys = new Set(['fieldName', 'fileName', 'mimeType', 'fields'])

function split(options: PlainObject): { own: PlainObject; rest: PlainObject } {
  const entries = Object.entries(options)
  return {
    own: Object.fromEntries(entries.filter(([key]) => ownKeys.has(key))),
    rest: Object.fromEntries(entries.filter(([key]) => !ownKeys.has(key))),
  }
}

async function openMultipart(file: unknown, own: PlainObject, rest: unknown): Promise<Multipart> {
  refuseContentType(rest)
  const named = texts(own)
  const fields = fieldsOf(own.fields)
  const opened = await openFile(file)
  return new Multipart(opened, { ...partOf(opened, named), fields })
}

/** `data` is the name that Zato gives it. */
function partOf(file: UploadFile, { fieldName = 'data', fileName, mimeType }: Texts): Omit<MultipartOptions, 'fields'> {
  const type = mimeType ?? file.type ?? 'application/octet-stream'
  return { fieldName, fileName: fileName ?? file.name ?? fieldName, mimeType: type }
}

type Texts = Partial<Record<'fieldName' | 'fileName' | 'mimeType', string>>

function texts(own: PlainObject): Texts {
  const known: Texts = {}
  for (const key of ['fieldName', 'fileName', 'mimeType'] as const) {
    const value = own[key]
    if (value === undefined) continue
    if (typeof value !== 'string' || value === '') {
      throw new Mistake('ZN403', `"${key}" is ${value === '' ? 'empty' : describe(value)}`, { hint: 'give a text' })
    }
    known[key] = value
  }
  const problem = known.mimeType === undefined ? undefined : headerProblem('Content-Type', known.mimeType)
  if (problem) throw new Mistake('ZN403', '"mimeType" cannot stand in a header', { hint: problem.hint })
  return known
}

function fieldsOf(fields: unknown): [string, string][] {
  if (fields === undefined) return []
  if (!isPlainObject(fields)) {
    throw new Mistake('ZN403', `"fields" is ${describe(fields)}`, { hint: "write fields: { name: 'text' }" })
  }
  return Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap((one): [string, string][] => {
      if (one === undefined || one === null) return []
      const text = scalarText(one)
      if (text !== undefined) return [[name, text]]
      throw new Mistake('ZN403', `the field "${name}" is ${describe(one)}`, {
        hint: 'a field is a string, a number or a boolean, or an array of them; JSON.stringify(value) for JSON',
      })
    }),
  )
}

/** It names the boundary, which only the body knows. */
function refuseContentType(options: unknown): void {
  const headers = isPlainObject(options) && isPlainObject(options.headers) ? Object.keys(options.headers) : []
  if (!headers.some((name) => name.toLowerCase() === 'content-type')) return
  throw new Mistake('ZN404', 'an upload says its own Content-Type', { hint: 'mimeType is that of the file' })
}
