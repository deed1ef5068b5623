import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ZatoError } from '../../errors.js'
import type { PreparedCall } from '../../outgoing/outgoing.js'
import type { RestResponse } from '../../outgoing/response.js'
import { phaseLines, receivedLine, sentLine, statusText } from '../../output/call-lines.js'
import { escapeControls, escapeLine } from '../../output/escape.js'
import { prettyJson } from '../../output/json-text.js'
import { writable } from '../../output/json.js'
import { style } from '../../output/style.js'
import { count, formatSize } from '../../output/units.js'
import type { Redactor } from '../../redact.js'
import type { CallEvent } from '../../trace/events.js'
import type { Context } from '../context.js'
import { reasonOf } from '../input.js'
import { sayDone } from '../say.js'

/** What went out, on stderr: one line, or with `-v` the whole message. */
export function showSent({ err, quiet, verbose }: Context, prepared: PreparedCall, redactor: Redactor): void {
  if (quiet) return
  err.line(sentLine({ method: prepared.method, url: redactor.url(prepared.url) }, err.symbols))
  if (verbose) for (const line of requestLines(prepared, redactor)) err.line(style.dim(`> ${line}`))
}

/** The request as it would go, on stdout: for `--dry-run`. */
export function showRequest({ out }: Context, prepared: PreparedCall, redactor: Redactor): void {
  out.line(out.data(`${prepared.method} ${redactor.url(prepared.url)}`))
  for (const line of requestLines(prepared, redactor)) out.line(line)
}

function requestLines({ headers, body }: PreparedCall, redactor: Redactor): string[] {
  const shown = Object.entries(redactor.headers(headers)).map(([name, value]) => escapeLine(`${name}: ${value}`))
  if (body === undefined || body.length === 0) return shown
  const text = textOf(body)
  return [
    ...shown,
    '',
    ...(text === undefined ? [`(${formatSize(body.length)} that are no text)`] : shownText(text, redactor)),
  ]
}

function shownText(text: string, redactor: Redactor): string[] {
  return escapeControls(redactor.text(redactor.fields(text))).split('\n')
}

/** What came back, on stderr. */
export function showReceived(context: Context, reply: Received, redactor: Redactor): void {
  const { err, quiet, verbose } = context
  if (quiet) return
  const { response, event, cid } = reply
  const { statusCode, elapsedMs, raw, attempts } = response
  const phases = event?.phases ?? {}
  err.line(receivedLine({ cid, statusCode, elapsedMs, size: raw.length, attempts, phases }, err.symbols))
  if (!verbose) return
  const shown = redactor.headers(headerTexts(response))
  for (const [name, value] of Object.entries(shown)) err.line(style.dim(`< ${escapeLine(`${name}: ${value}`)}`))
  for (const line of phaseLines(phases, attempts)) err.line(line)
  if (attempts > 1) err.line(style.dim(`  ${count(attempts, 'attempt')}`))
}

export interface Received {
  readonly cid: string
  readonly response: RestResponse
  /** What the call told of itself; undefined if it told nothing. */
  readonly event: CallEvent | undefined
}

/** The body, and with `-i` what stands before it: on a screen made readable, in a pipe exactly the bytes. */
export function showReply({ out, err }: Context, response: RestResponse, { include, stringify }: ReplyOptions): void {
  if (include) writeHead(out, response)
  // Of a declared call that reshapes its reply, what a service would get.
  if (response.isReshaped && response.parseError === undefined) {
    const text = stringify(response.data)
    out.write(`${(out.isTTY ? prettyJson(text) : undefined) ?? text}\n`)
    return
  }
  if (!out.isTTY) {
    out.write(response.raw)
    return
  }
  if (response.raw.length === 0) return
  if (isBinary(response)) {
    err.line(`(${formatSize(response.raw.length)} that are no text: write them with -o FILE)`)
    return
  }
  out.line((prettyJson(response.text) ?? escapeControls(response.text)).replace(/\n$/, ''))
}

interface ReplyOptions {
  readonly include: boolean
  readonly stringify: (data: unknown) => string
}

function writeHead(out: Context['out'], response: RestResponse): void {
  const lines = Object.entries(response.headers).flatMap(([name, value]) =>
    textsOf(value).map((one) => `${name}: ${one}`),
  )
  for (const line of [`HTTP/1.1 ${statusText(response.statusCode)}`, ...lines, '']) out.write(`${out.data(line)}\n`)
}

/** Writes the body to a file. */
export async function saveReply(context: Context, response: RestResponse, file: string): Promise<void> {
  try {
    await writeFile(resolve(context.cwd, file), response.raw)
  } catch (error) {
    throw new ZatoError('ZU007', `The file "${file}" could not be written: ${reasonOf(error)}`, { cause: error })
  }
  sayDone(context, `Wrote ${formatSize(response.raw.length)} to ${file}`)
}

/** The document of `--json`. The reply is data and stands as it came; the request is shown without secrets. */
export function callDocument(
  prepared: PreparedCall,
  { cid, response, event }: Received,
  redactor: Redactor,
): Record<string, unknown> {
  const sent = prepared.body && textOf(prepared.body)
  const text = textOf(response.raw)
  return {
    v: 1,
    cid,
    request: {
      method: prepared.method,
      url: redactor.url(prepared.url),
      headers: redactor.headers(prepared.headers),
      ...(sent !== undefined && { bodyText: redactor.text(redactor.fields(sent)) }),
    },
    response: {
      status: response.statusCode,
      headers: response.headers,
      body: text === undefined || response.parseError !== undefined ? null : writable(response.data),
      ...(text === undefined
        ? { bodyBase64: Buffer.from(response.raw).toString('base64') }
        : { bodyText: response.text }),
    },
    phases: event?.phases ?? {},
    elapsedMs: response.elapsedMs,
    attempts: response.attempts,
  }
}

function headerTexts({ headers }: RestResponse): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textsOf(value).join(', ')]))
}

function textsOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'object' ? value : [value ?? '']
}

function isBinary({ raw, text }: RestResponse): boolean {
  return raw.includes(0) || text.includes('\ufffd')
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
