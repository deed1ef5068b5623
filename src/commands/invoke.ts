import { buffer } from 'node:stream/consumers'
import { type ErrorCode, ZatoError, errorCatalogue } from '../errors.js'
import type { Outcome } from '../exchange.js'
import type { LogEntry } from '../log.js'
import { printError } from '../output/errors.js'
import { escapeControls } from '../output/escape.js'
import { writable, writeJson } from '../output/json.js'
import { prettyJson } from '../output/json-text.js'
import { logLines } from '../output/log-line.js'
import { type Redactor, redactorOf } from '../redact.js'
import { type InvokeOptions, invokeService } from '../runtime/invoke.js'
import { plainEntry } from '../runtime/plain-entry.js'
import { describeThrown, finishing } from '../runtime/uncaught.js'
import { newCid } from '../trace/context.js'
import { exitCodeOfStatus } from './exit-codes.js'
import type { CommandSpec } from './command.js'
import type { Context } from './context.js'
import { handoverTo } from './handover.js'
import { readData, readParamsText } from './input.js'
import { readParams } from './params.js'
import { loadProjectOf } from './project.js'
import { expectFewReplies } from './short-lived.js'

interface Flags {
  readonly service: string
  readonly data?: string
  readonly params: readonly string[]
  readonly ignoreStatus?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<service>', doc: 'Name of the service', values: 'service' }],
  options: [
    { flags: '-d, --data <data>', doc: 'Payload: text, @file, or - for stdin' },
    {
      flags: '--params <k=v>',
      doc: 'Path or query parameter of its input; also several, a JSON object, @file, or - for stdin',
      repeat: true,
    },
    { flags: '--ignore-status', doc: 'Exit with 0 whatever the status' },
  ],
  json: true,
  interrupt: 'its own',
  examples: ({ service }) => [
    `zato-ts invoke ${service} --params customer_id=12345`,
    `zato-ts invoke ${service} -d '{"customer_id": "12345"}'`,
    `zato-ts invoke ${service} -d @payload.json --json`,
  ],
  async run(context, flags) {
    expectFewReplies()
    const { project } = await loadProjectOf(context)
    const params = await readParams(flags.params, (source) => readParamsText(context, source))
    const body = flags.data === undefined ? new Uint8Array() : await readData(context, flags.data)
    const cid = newCid()
    const { service } = flags
    const handover = (await handoverTo(project))?.({ cid, kind: 'service', title: service, service })
    handover?.record.openService(service, body)
    const logs: LogEntry[] = []
    const logSink = (entry: LogEntry): void => {
      logs.push(entry)
      handover?.record.log(entry)
      if (!context.json && !saysUnknown(entry, service)) showLog(context, entry)
    }
    const redactor = redactorOf(project)
    const options = { project, service, body, params: asTexts(params), cid, logSink, signal: context.signal, redactor }
    const { outcome, payload } = await finishing(
      async () => {
        const outcome = await invokeService({ ...options, streams: context.io, record: handover?.record })
        const failure = failureIn(outcome, logs.at(-1), service)
        const payload = await bytesOf(outcome)
        handover?.record.ran(outcome, payload)
        if (failure) throw failure
        return { outcome, payload }
      },
      { onUncaught: (thrown) => uncaughtFailure(thrown, options), onExit: () => tellExit(context, service) },
    )
      .catch((error: unknown) => {
        handover?.record.failed(error)
        throw error
      })
      .finally(() => handover?.finish())
    if (context.json) writeJson(context.out, outcomeDocument(cid, outcome, payload, logs))
    else writePayload(context, payload)
    return flags.ignoreStatus ? 0 : exitCodeOfStatus(outcome.statusCode)
  },
}

function showLog({ err, quiet, verbose }: Context, entry: LogEntry): void {
  if (entry.level === 'debug' && !verbose) return
  if (quiet && entry.level !== 'error' && entry.level !== 'warn') return
  for (const line of logLines(entry)) err.line(line)
}

/**
 * What a service let escape, as an error with an exit code of its own: the line that tells of it in the log is the last one,
 * and carries the error's code. An answer that the service chose (HttpError and its kin) is a reply, whatever its status.
 */
function failureIn({ problem }: Outcome, last: LogEntry | undefined, service: string): ZatoError | undefined {
  const { code, hint } = last?.fields ?? {}
  if (!problem || typeof code !== 'string' || !isErrorCode(code)) return undefined
  const message = code === 'ZS500' ? `The service "${service}" threw` : (last?.message ?? '')
  return new ZatoError(code, message, { hint: typeof hint === 'string' ? hint : undefined })
}

/** A name that nobody knows is a mistake on the command line: the command says so by itself. */
function saysUnknown({ message, fields }: LogEntry, service: string): boolean {
  return fields?.code === 'ZS201' && message === `There is no service "${service}"`
}

interface Invocation extends InvokeOptions {
  readonly redactor: Redactor
}

/** The service goes on in the same process, but what it does cannot be trusted any more. */
function uncaughtFailure(thrown: unknown, { redactor, service, cid, logSink }: Invocation): ZatoError {
  const message = `Nobody caught an error of the service "${service}"`
  const fields = { code: 'ZS501', error: thrown }
  logSink(plainEntry({ time: Date.now(), level: 'error', message, cid, service, fields }, redactor))
  return new ZatoError('ZS501', `${message}: ${redactor.url(describeThrown(thrown))}`)
}

/** Nothing comes after this: the process ends. */
function tellExit({ err, cwd, json }: Context, service: string): number {
  const message = `The process ended before the service "${service}" had answered`
  const hint = 'process.exit ends it, and so does a promise that nothing will ever settle'
  const error = new ZatoError('ZS502', message, { hint })
  printError(err, error, { cwd, json })
  return error.exitCode
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code)
}

async function bytesOf({ body, problem, statusCode }: Outcome): Promise<Uint8Array> {
  if (problem) return Buffer.from(JSON.stringify({ ...problem, status: statusCode }))
  if (body === undefined) return new Uint8Array()
  return body instanceof ReadableStream ? buffer(body) : Buffer.from(body)
}

function writePayload({ out }: Context, payload: Uint8Array): void {
  if (!out.isTTY) {
    out.write(payload)
    return
  }
  const text = Buffer.from(payload).toString('utf8')
  if (text !== '') out.line((prettyJson(text) ?? escapeControls(text)).replace(/\n$/, ''))
}

function outcomeDocument(
  cid: string,
  { statusCode, headers }: Outcome,
  payload: Uint8Array,
  logs: readonly LogEntry[],
) {
  const text = Buffer.from(payload).toString('utf8')
  return { v: 1, cid, status: statusCode, headers, payload: parsed(text), payloadText: text, logs }
}

/** The payload as JSON; null for what is none, or cannot be written again. */
function parsed(text: string): unknown {
  try {
    return writable(JSON.parse(text))
  } catch {
    return null
  }
}

/** Parameters come out of a URL as text. */
function asTexts(params: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}
