import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Mistake } from '../mistake.js'
import { isByteStream } from '../payload-stream.js'
import { describe } from '../plain-object.js'

/** What is uploaded: a path of a file, bytes, a Blob or a File, or a stream. */
export type Uploadable = string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | AsyncIterable<unknown>

/** A file about to be sent. */
export interface UploadFile {
  /** Undefined of a stream. */
  readonly size: number | undefined
  readonly name: string | undefined
  readonly type: string | undefined
  readonly pieces: ReadableStream | AsyncIterable<unknown>
  close(): void
}

const nothing = (): void => undefined

/** @throws Mistake for a path that leads to no file, and for what is no file */
export async function openFile(file: unknown): Promise<UploadFile> {
  if (typeof file === 'string') return openPath(file)
  if (file instanceof Blob) {
    const name = 'name' in file && typeof file.name === 'string' ? file.name : undefined
    return { size: file.size, name, type: file.type || undefined, pieces: file.stream(), close: nothing }
  }
  const bytes = bytesOf(file)
  if (bytes) return { size: bytes.length, name: undefined, type: undefined, pieces: once(bytes), close: nothing }
  if (isByteStream(file)) return { size: undefined, name: undefined, type: undefined, pieces: file, close: nothing }
  throw new Mistake('ZN402', `the file to upload is ${describe(file)}`, {
    hint: 'give the path of a file, bytes, a Blob or a stream',
  })
}

function bytesOf(file: unknown): Uint8Array | undefined {
  if (file instanceof Uint8Array) return file
  return file instanceof ArrayBuffer ? new Uint8Array(file) : undefined
}

async function openPath(path: string): Promise<UploadFile> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Mistake('ZN402', `the file to upload, "${path}", is no file`)
    const { size } = stats
    const close = closing(handle)
    return { size, name: basename(path), type: undefined, pieces: read(handle, { path, size, close }), close }
  } catch (cause) {
    await handle?.close()
    if (cause instanceof Mistake) throw cause
    throw new Mistake('ZN402', `the file to upload, "${path}", cannot be read: ${reasonOf(cause)}`, {
      cause,
      hint: 'a path is relative to where zato-ts was started',
    })
  }
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'there is none' : code === 'EACCES' ? 'permission denied' : message
}

/** Closes once; a read that is under way ends first. */
function closing(handle: FileHandle): () => void {
  let isClosed = false
  return () => {
    if (isClosed) return
    isClosed = true
    void handle.close().catch(nothing)
  }
}

interface Reading {
  readonly path: string
  readonly size: number
  readonly close: () => void
}

const pieceSize = 64 * 1024

/** As many bytes as the file had when it was opened: that number has been sent already. */
async function* read(handle: FileHandle, { path, size, close }: Reading): AsyncGenerator<Uint8Array> {
  try {
    let left = size
    while (left > 0) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(pieceSize, left)))
      if (bytesRead === 0) throw new Mistake('ZN402', `the file to upload, "${path}", became shorter meanwhile`)
      left -= bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    close()
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- bytes that are there already, as a stream
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
