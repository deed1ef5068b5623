import {
  type BrotliDecompress,
  type Gunzip,
  type Inflate,
  type InflateRaw,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
} from 'node:zlib'
import { type BodyOwner, type BodySink, type BodySource, SizeGuard } from './body-sink.js'
import type { ReplyHead } from './reply-headers.js'

/** Undoing the content codings of a reply: gzip, deflate and br, several on top of each other. */

export type Coding = 'gzip' | 'deflate' | 'br'

/** More than this nobody means well with. */
const mostCodings = 5

const spellings: Readonly<Record<string, Coding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
}

/** Names that some servers write there, though they code nothing: the body is what it is. */
const codesNothing = new Set(['identity', 'none', 'utf-8', 'utf8', 'aws-chunked'])

const none: readonly Coding[] = []

/** The codings that a Content-Encoding names, in the order in which they were applied, or why they cannot be undone. */
export function readCodings(header: string | undefined): readonly Coding[] | { readonly problem: string } {
  if (header === undefined) return none
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length > mostCodings)
    return { problem: `its body has ${names.length} codings; at most ${mostCodings} are undone` }
  const codings: Coding[] = []
  for (const name of names) {
    if (codesNothing.has(name)) continue
    const coding = Object.hasOwn(spellings, name) ? spellings[name] : undefined
    if (coding === undefined)
      return { problem: `its body has the coding ${quoted(name)}; gzip, deflate and br are undone` }
    codings.push(coding)
  }
  return codings
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}

/** Transfer codings that only say where the body ends; nobody asked for another (RFC 9110, 10.1.4). */
const framesOnly = new Set(['chunked', 'identity', ''])

function isFramedOnly(transferCoding: string): boolean {
  return transferCoding.split(',').every((name) => framesOnly.has(name.trim().toLowerCase()))
}

export interface BodyOptions {
  readonly head: ReplyHead
  /** Whether a body follows. */
  readonly isExpected: boolean
  readonly owner: BodyOwner
  readonly maxSize: number
}

/** What takes the body of a reply and passes it on to `target` decoded. Undefined if it cannot be: the owner has been told. */
export function openBody(target: BodySink, { head, isExpected, owner, maxSize }: BodyOptions): BodySink | undefined {
  // A reply without a body may describe all the same the one that it leaves out.
  if (!isExpected) return target
  const transfer = head.get('transfer-encoding')
  if (transfer !== undefined && !isFramedOnly(transfer)) {
    owner.fail({ kind: 'unusable', problem: `its body has the transfer coding ${quoted(transfer)}` })
    return undefined
  }
  const codings = readCodings(head.get('content-encoding'))
  if ('problem' in codings) {
    owner.fail({ kind: 'unusable', problem: codings.problem })
    return undefined
  }
  if (Number(head.get('content-length')) > maxSize) {
    owner.fail({ kind: 'too-large', limit: maxSize })
    return undefined
  }
  if (codings.length === 0) return target
  return codings.reduce(
    (sink: BodySink, coding) => new Decoder(coding, { target: sink, owner, limit: maxSize }),
    target,
  )
}

type Inflator = Gunzip | Inflate | InflateRaw | BrotliDecompress

/** Undoes one coding, piece by piece and no faster than `target` takes them: a bomb never stands in memory. */
export class Decoder implements BodySink, BodySource {
  source: BodySource | undefined
  readonly #coding: Coding
  readonly #target: BodySink
  readonly #owner: BodyOwner
  readonly #guard: SizeGuard
  #inflator: Inflator | undefined

  constructor(coding: Coding, { target, owner, limit }: { target: BodySink; owner: BodyOwner; limit: number }) {
    this.#coding = coding
    this.#target = target
    this.#owner = owner
    this.#guard = new SizeGuard(limit, owner)
    target.source = this
  }

  write(piece: Uint8Array): boolean {
    if (piece.length === 0) return true
    if (!this.#guard.admits(piece)) return false
    this.#inflator ??= this.#open(piece)
    return this.#inflator.write(piece)
  }

  end(): void {
    // A reply without a body may name a coding all the same.
    if (this.#inflator) this.#inflator.end()
    else this.#target.end()
  }

  resume(): void {
    this.#inflator?.resume()
  }

  destroy(): void {
    this.#inflator?.destroy()
    this.#target.destroy()
  }

  #open(first: Uint8Array): Inflator {
    const inflator = openInflator(this.#coding, first)
    inflator.on('data', (piece: Buffer) => {
      if (!this.#target.write(piece)) inflator.pause()
    })
    inflator.on('drain', () => this.source?.resume())
    inflator.on('end', () => this.#target.end())
    inflator.on('error', (error) => this.#owner.fail({ kind: 'bad-coding', coding: this.#coding, error }))
    return inflator
  }
}

function openInflator(coding: Coding, first: Uint8Array): Inflator {
  if (coding === 'gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  // "deflate" means zlib, but some servers send it without zlib's two bytes in front; a zlib stream begins with method 8.
  return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw()
}
