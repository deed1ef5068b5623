import type { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { LogLevel } from '../log.js'

/** The two streams of this process, which its services may write to past the logger. */
export interface OutputStreams {
  readonly stdout: Writable
  readonly stderr: Writable
}

type OnText = (level: LogLevel, text: string) => void

/**
 * Takes what is written to the streams, `console` included, until the function that it gives is called. Whoever is to write
 * to them all the same has got hold of their `write` before.
 */
export function captureOutput({ stdout, stderr }: OutputStreams, onText: OnText): () => void {
  const releaseOut = capture(stdout, (text) => onText('info', text))
  const releaseErr = capture(stderr, (text) => onText('warn', text))
  return () => {
    releaseOut()
    releaseErr()
  }
}

/** A write of several lines is one text: a secret in it is found whole. One without a line end waits for it. */
function capture(stream: Writable, onText: (text: string) => void): () => void {
  const decoder = new StringDecoder()
  let begun = ''
  const take = (text: string) => {
    const end = text.lastIndexOf('\n')
    begun = text.slice(end + 1)
    if (end !== -1) onText(text.slice(0, end))
  }
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const callback = rest.find((one) => typeof one === 'function') as (() => void) | undefined
    take(begun + (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))))
    if (callback) queueMicrotask(callback)
    return true
  }
  const original = Object.getOwnPropertyDescriptor(stream, 'write')
  Object.defineProperty(stream, 'write', { value: write, configurable: true, writable: true })
  return () => {
    if (original) Object.defineProperty(stream, 'write', original)
    else delete (stream as { write?: unknown }).write
    if (begun !== '') onText(begun)
  }
}
