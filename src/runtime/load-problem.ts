import { existsSync, readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ZatoError } from '../errors.js'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { Redactor } from '../redact.js'
import { type ClassPlace, ServiceMistake, lineOfClass } from '../service/service-mistake.js'
import { sourceProblem } from './source-problem.js'

interface LoadContext {
  readonly project: Project
  readonly redactor: Redactor
  /** Address of the bundle, as stack traces name it. */
  readonly url: string
  readonly code: Uint8Array
}

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What a bundle that failed to load means to its author: which of their files, and where in it. */
export function loadProblem(error: unknown, { project, redactor, url, code }: LoadContext): Promise<Problem> {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const place = error instanceof ServiceMistake ? classPlace(error.place) : placeOf(stack, { url, code })
  const own = error instanceof ZatoError
  const text = own ? error.message : `A service module fails while it loads: ${describe(error)}`
  return sourceProblem({
    code: own ? error.code : 'ZS102',
    message: text,
    hint: own ? error.hint : undefined,
    ...(place ?? { file: project.file }),
    redactor,
  })
}

function classPlace(place: ClassPlace): Place | undefined {
  try {
    return { file: place.file, ...lineOfClass(readFileSync(place.file, 'utf8'), place) }
  } catch {
    return undefined
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [, module, name] =
    /^The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(error.message) ?? []
  if (module !== undefined && name !== undefined) return `there is no "${name}" in ${packageOf(module)}`
  return `${error.name}: ${error.message.split('\n')[0] ?? ''}`
}

/** The name by which a module that Node has loaded was imported, as far as its address tells. */
function packageOf(address: string): string {
  if (!address.startsWith('file:')) return `"${address}"`
  const file = fileURLToPath(address)
  const [, name] = /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file) ?? []
  return `"${name ?? (ownFolders.some((folder) => file.startsWith(folder)) ? 'zato-ts' : file)}"`
}

interface PlaceContext {
  readonly url: string
  readonly code: Uint8Array
}

/**
 * The first place in a stack trace that lies in the author's own source. An error of linking has no frames, but names a
 * line of the bundle first of all.
 */
export function placeOf(stack: string, context: PlaceContext): Place | undefined {
  const [head = '', ...frames] = stack.split('\n')
  const positions = [`${head}:1`, ...frames.filter((line) => /^\s+at /.test(line)).map(addressOfFrame)]
  for (const position of positions) {
    const place = placeAt(position, context)
    if (place) return place
  }
  return undefined
}

/** `    at async Orders.handle (/shop/services/orders.ts:3:7)` → `/shop/services/orders.ts:3:7` */
function addressOfFrame(line: string): string {
  const text = line.trim().replace(/^at (async )?/, '')
  const start = text.lastIndexOf(' (')
  return text.endsWith(')') && start !== -1 ? text.slice(start + 2, -1) : text
}

function placeAt(position: string, { url, code }: PlaceContext): Place | undefined {
  const [, address = '', line, column] = /^(.+):(\d+):(\d+)$/.exec(position) ?? []
  if (address === url) return mapped({ line: Number(line), column: Number(column), code })
  const file = address.startsWith('file://') ? fileURLToPath(address) : address
  return isOwnSource(file) ? { file, line: Number(line), column: Number(column) } : undefined
}

/** Whichever of the two runs. */
const ownFolders = ['../../src/', '../../dist/'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

/** With source maps on, Node has translated the frames of the bundle by itself: they name files of the author's. */
function isOwnSource(file: string): boolean {
  if (!isAbsolute(file) || /[/\\]node_modules[/\\]/.test(file)) return false
  return !ownFolders.some((folder) => file.startsWith(folder)) && existsSync(file)
}

const inlineMap = /\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/

interface InlineMap {
  readonly sourceRoot: string
}

/** Where a place of the bundle comes from, by the source map at its end. */
function mapped({ line, column, code }: { line: number; column: number; code: Uint8Array }): Place | undefined {
  const encoded = inlineMap.exec(Buffer.from(code).toString())?.[1]
  if (!encoded) return undefined
  const payload = JSON.parse(Buffer.from(encoded, 'base64').toString()) as SourceMapPayload & InlineMap
  const entry = new SourceMap(payload).findEntry(line - 1, column - 1)
  if (!('originalSource' in entry)) return undefined
  const file = fileURLToPath(new URL(entry.originalSource, payload.sourceRoot))
  return existsSync(file) ? { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 } : undefined
}
