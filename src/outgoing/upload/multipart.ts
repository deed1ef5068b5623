import { randomUUID } from 'node:crypto'
import { PayloadStream } from '../payload-stream.js'
import type { UploadFile } from './file.js'

export interface MultipartOptions {
  readonly fieldName: string
  readonly fileName: string
  readonly mimeType: string
  /** Names and texts, in the order in which they are sent, before the file. */
  readonly fields: readonly (readonly [name: string, text: string])[]
}

/** A body of multipart/form-data (RFC 7578) that is written while it is sent. */
export class Multipart implements AsyncIterable<string | Uint8Array> {
  readonly contentType: string
  /** Bytes in all; undefined if nobody knows. */
  readonly length: number | undefined
  readonly #head: string
  readonly #tail: string
  readonly #file: UploadFile
  readonly #pieces: PayloadStream

  constructor(file: UploadFile, { fieldName, fileName, mimeType, fields }: MultipartOptions) {
    const boundary = `zato-ts-${randomUUID()}`
    const texts = fields.map(([name, text]) => `--${boundary}\r\n${disposition(name)}\r\n\r\n${text}\r\n`)
    const fileHead = `${disposition(fieldName)}; filename="${quoted(fileName)}"\r\nContent-Type: ${mimeType}\r\n\r\n`
    this.contentType = `multipart/form-data; boundary=${boundary}`
    this.#head = `${texts.join('')}--${boundary}\r\n${fileHead}`
    this.#tail = `\r\n--${boundary}--\r\n`
    this.#file = file
    this.#pieces = new PayloadStream(file.pieces)
    this.length =
      file.size === undefined ? undefined : Buffer.byteLength(this.#head) + file.size + Buffer.byteLength(this.#tail)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array> {
    yield this.#head
    for await (const piece of this.#pieces) yield piece
    yield this.#tail
  }

  /** Lets go of the file, sent or not. */
  destroy(): void {
    this.#pieces.cancel()
    this.#file.close()
  }
}

function disposition(name: string): string {
  return `Content-Disposition: form-data; name="${quoted(name)}"`
}

/** As browsers do it: what would end the text or the line is percent-encoded. */
function quoted(name: string): string {
  return name.replace(
    /[\u0000-\u001f\u007f"]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
