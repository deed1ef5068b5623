import { createLogger } from '../log.js'
import type { CompletedCall, Outgoing, PreparedCall } from '../outgoing/outgoing.js'
import type { RestResponse } from '../outgoing/response.js'
import { renderCurl } from '../output/curl.js'
import { exitCodeOf, printError } from '../output/errors.js'
import { writeJson } from '../output/json.js'
import { logLines } from '../output/log-line.js'
import type { OutgoingDefinition } from '../project/schema.js'
import type { Project } from '../project/project.js'
import { type Redactor, redactorOf } from '../redact.js'
import { newCid } from '../trace/context.js'
import type { CallEvent } from '../trace/events.js'
import { curlRequest } from './call/curl-request.js'
import { type CallFlags, callOptions } from './call/flags.js'
import { completeParams } from './call/missing.js'
import { type RepeatedCall, sayRepeated, worstExit } from './call/repeat.js'
import { type CallRequest, readRequest } from './call/request.js'
import { createSpeller, spelledSecrets } from './call/secrets.js'
import { callDocument, saveReply, showReceived, showReply, showRequest, showSent } from './call/show.js'
import type { CommandSpec } from './command.js'
import type { Context } from './context.js'
import { sampleValue } from './curl-line.js'
import { type Handover, handoverTo } from './handover.js'
import { exitCodeOfStatus } from './exit-codes.js'
import { itemNamed, loadProjectOf } from './project.js'
import { sayMore } from './say.js'
import { expectFewReplies } from './short-lived.js'
import { warnOfTls } from './tls-warnings.js'
import { shellVariable, shellWord } from '../output/shell.js'

export const command: CommandSpec<CallFlags> = {
  args: [{ name: '<connection>', doc: 'Name of the connection', values: 'connection' }],
  options: callOptions,
  json: true,
  examples: ({ connection, placeholders }) => {
    const call = `zato-ts call ${shellWord(connection).startsWith("'") ? `"${connection}"` : connection}`
    const params =
      placeholders.length > 0 ? ` --params ${placeholders.map((name) => `${name}=${sampleValue(name)}`).join(' ')}` : ''
    return [
      `${call}${params}`,
      `${call}${params} -v`,
      `${call}${params} -d '{"quantity": 2}'`,
      `${call}${params} --curl`,
    ]
  },
  async run(context, flags) {
    expectFewReplies()
    const loaded = await loadProjectOf(context)
    const { project, sources } = loaded
    const connection = itemNamed(project.outgoingRest, flags.connection, 'connection')
    const read = await readRequest(context, flags)
    const pathPlace = loaded.place('outgoing_rest', connection.name, 'url_path')
    const request = { ...read, params: await completeParams(context, read.params, { connection, place: pathPlace }) }
    const session = await openSession(context, { project, connection, request, flags })
    try {
      if (flags.curl) return await printCurl(session, sources)
      if (flags.dryRun) return await printRequest(session)
      warnOfTls(context, project, [connection.name])
      return flags.repeat === undefined ? await callOnce(session) : await callRepeatedly(session, flags.repeat)
    } finally {
      await session.outgoing.close()
    }
  },
}

interface Session {
  readonly context: Context
  readonly project: Project
  readonly connection: OutgoingDefinition
  readonly request: CallRequest
  readonly flags: CallFlags
  readonly outgoing: Outgoing
  /** For what is printed about the request. */
  readonly redactor: Redactor
  /** Writes data of a reply as it came. */
  readonly stringify: (document: unknown, space?: number) => string
  /** What the last call told of itself. */
  lastEvent(): CallEvent | undefined
  /** Begins a recording for a server that runs beside this. */
  readonly handover: Awaited<ReturnType<typeof handoverTo>>
}

async function openSession(
  context: Context,
  given: Pick<Session, 'project' | 'connection' | 'request' | 'flags'>,
): Promise<Session> {
  const { project, flags } = given
  const redactor = redactorOf(project)
  let event: CallEvent | undefined
  const log = createLogger((entry) => {
    if (entry.level !== 'debug' || context.verbose) logLines(entry).forEach((line) => context.err.line(line))
  })
  // Help and completion ask for the options of this command alone, and must not wait for a client of HTTP.
  const { Outgoing, stringifyExactly } = await import('../outgoing/outgoing.js')
  const outgoing = new Outgoing({ project, redactor, log, onEvent: (one) => (event = one) })
  const sends = !flags.curl && !flags.dryRun
  return {
    context,
    ...given,
    outgoing,
    redactor: flags.showSecrets ? revealing : redactor,
    stringify: (document, space) => stringifyExactly(document, space) ?? '',
    lastEvent: () => event,
    handover: sends ? await handoverTo(project) : undefined,
  }
}

/** `--show-secrets`: the one way round the redactor. */
const revealing: Redactor = {
  learn: () => undefined,
  hides: () => false,
  fields: (text) => text,
  text: (text) => text,
  field: (_, value) => value,
  headers: (headers) => ({ ...headers }),
  url: (url) => url,
}

/** The call with what its connection declares filled in, and as it would be sent. */
async function prepare(session: Session): Promise<{ completed: CompletedCall; prepared: PreparedCall }> {
  const { outgoing, connection, request, flags } = session
  const cid = flags.cid ?? newCid()
  const completed = await outgoing.complete(connection.name, { cid, ...callOf(request) })
  return { completed, prepared: outgoing.prepare(connection.name, completed) }
}

function callOf({ method, payload, params, headers, timeout, retries }: CallRequest) {
  return {
    params: params as Record<string, string>,
    headers,
    ...(method !== undefined && { method }),
    ...(payload !== undefined && { payload }),
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout }),
  }
}

/** Each preparation makes a new span id; what is sent carries the one that is shown. */
function withTraceOf({ headers }: PreparedCall, call: CompletedCall): CompletedCall {
  const trace = Object.entries(headers).find(([name]) => name.toLowerCase() === 'traceparent')
  return trace ? { ...call, headers: { ...call.headers, [trace[0]]: trace[1] } } : call
}

async function callOnce(session: Session): Promise<number> {
  const { context, connection, outgoing, flags, redactor, stringify } = session
  const { completed, prepared } = await prepare(session)
  const { cid } = completed
  if (!context.json) showSent(context, prepared, redactor)
  const { method, url } = prepared
  const title = `${method} ${connection.name}`
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  const handover = session.handover?.({ cid, kind: 'call', title, method, path, connection: connection.name })
  const caller = { signal: context.signal, recorder: handover?.record.recorder }
  const call = withTraceOf(prepared, completed)
  const response = await sent(outgoing.send(connection.name, caller, call), handover)
  const received = { cid, response, event: session.lastEvent() }
  if (!context.json) showReceived(context, received, redactor)
  if (flags.output !== undefined) await saveReply(context, response, flags.output)
  else if (context.json) writeJson(context.out, callDocument(prepared, received, redactor), stringify)
  else showReply(context, response, { include: flags.include === true, stringify })
  return flags.ignoreStatus ? 0 : exitCodeOfStatus(response.statusCode)
}

/** What came of a call, which is handed over either way. */
async function sent(calling: Promise<RestResponse>, handover: Handover | undefined): Promise<RestResponse> {
  try {
    const response = await calling
    handover?.record.answered(response.statusCode)
    return response
  } catch (error) {
    handover?.record.failed(error)
    throw error
  } finally {
    await handover?.finish()
  }
}

/** A call that fails does not end the row; what it failed of is printed where it stands. */
async function callRepeatedly(session: Session, times: number): Promise<number> {
  const { context } = session
  const calls: RepeatedCall[] = []
  for (let index = 0; index < times && !context.signal.aborted; index++) {
    const startedAt = performance.now()
    const exitCode = await callOnce(session).catch((error: unknown) => {
      if (context.signal.aborted) throw error
      printError(context.err, error, { cwd: context.cwd, json: context.json })
      return exitCodeOf(error)
    })
    calls.push({ exitCode, elapsedMs: performance.now() - startedAt })
  }
  sayRepeated(context, calls)
  return worstExit(calls.map(({ exitCode }) => exitCode))
}

async function printRequest(session: Session): Promise<number> {
  const { context, redactor } = session
  const { completed, prepared } = await prepare(session)
  const { method, url } = prepared
  if (!context.json) showRequest(context, prepared, redactor)
  else
    writeJson(context.out, {
      v: 1,
      cid: completed.cid,
      request: { method, url: redactor.url(url), headers: redactor.headers(prepared.headers) },
    })
  return 0
}

async function printCurl(session: Session, sources: readonly string[]): Promise<number> {
  const { context, flags, project, connection, redactor } = session
  const { prepared } = await prepare(session)
  const secrets = flags.showSecrets ? [] : spelledSecrets(project, sources)
  const security = project.security.find(({ name }) => name === connection.security)
  const speller = createSpeller(secrets, redactor)
  const line = renderCurl(curlRequest({ prepared, connection, security, speller }))
  context.out.write(`${line}\n`)
  const used = secrets.flatMap(({ variable }) =>
    variable && line.includes(shellVariable(variable)) ? [variable.variable] : [],
  )
  const unset = [...new Set(used)].filter((name) => !context.io.env[name])
  if (unset.length > 0) sayMore(context, `It needs ${unset.join(', ')} in the shell: set -a; . ./.env; set +a`)
  const placeholders = [...new Set(line.match(/<secret[^>]*>/g))]
  if (placeholders.length > 0)
    sayMore(
      context,
      `Put what stands in no variable in the place of ${placeholders.join(', ')}: --show-secrets prints it`,
    )
  return 0
}
