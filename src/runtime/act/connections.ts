import type { Outgoing } from '../../outgoing/outgoing.js'
import type { Project } from '../../project/project.js'
import { newCid } from '../../trace/context.js'
import { errorRecord } from '../../trace/error-record.js'
import { Recorder } from '../../trace/recorder.js'
import { resultOfCall } from '../../trace/result.js'
import type { Trace, TraceSummary } from '../../trace/record.js'
import type { CallRequest, PingReply, StartedReply } from '../../trace/requests.js'
import type { Recording } from '../capture/recording.js'
import { type Acting, headerRecord, named } from './acting.js'

/** A call as the client of HTTP takes it. */
export type ClientCall = Omit<CallRequest, 'headers' | 'body'> & {
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: string | Uint8Array | undefined
}

type Origin = Partial<Pick<TraceSummary, 'replayOf'>>

/** Calls connections in this process, with what the project says now. The client of HTTP is loaded by the first of them. */
export class ConnectionActions {
  readonly #acting: Acting
  #outgoing: { readonly project: Project; readonly made: Promise<Outgoing> } | undefined

  constructor(acting: Acting) {
    this.#acting = acting
  }

  call(connection: string, { headers, body, ...request }: CallRequest, origin?: Origin): Promise<StartedReply> {
    return this.start(connection, { ...request, headers: headerRecord(headers), payload: body }, origin)
  }

  /** @throws ZatoError if it could not be sent */
  async start(connection: string, call: ClientCall, origin: Origin = {}): Promise<StartedReply> {
    named(this.#acting.project().outgoingRest, connection, 'connection')
    const outgoing = await this.#client()
    const { cid = newCid(), ...options } = call
    const prepared = outgoing.prepare(connection, { ...options, cid })
    const path = this.#acting.redactor().url(prepared.url.replace(/^[a-z]+:\/\/[^/?#]*/i, ''))
    const method = prepared.method
    const title = `${method} ${connection}`
    const run = this.#begin({ cid, kind: 'call', title, method, path, connection, ...origin })
    void this.#settle(run, outgoing.connection(connection, run.caller).request(cid, options))
    return { cid, id: run.recording.live.id }
  }

  async ping(connection: string): Promise<PingReply> {
    const definition = named(this.#acting.project().outgoingRest, connection, 'connection')
    const outgoing = await this.#client()
    const cid = newCid()
    const method = definition.pingMethod
    const run = this.#begin({ cid, kind: 'ping', title: `PING ${connection}`, method, connection })
    const startedAt = performance.now()
    const pinging = outgoing.connection(connection, run.caller).ping(cid, { timeout: pingSeconds })
    await this.#settle(
      run,
      pinging.then(({ response }) => response),
    )
    const ms = Math.round(performance.now() - startedAt)
    return pingReply(run.recording.live.trace, { method, ms, target: await pinging.then(targetOf, () => '') })
  }

  async close(): Promise<void> {
    await (await this.#outgoing?.made)?.close()
  }

  #begin(start: Pick<TraceSummary, 'cid' | 'kind' | 'title' | 'method' | 'connection'> & Origin & { path?: string }) {
    const { capture, running } = this.#acting
    const recording = capture.begin({ ...start, startedAt: Date.now(), source: 'dashboard' })
    const { id } = recording.live
    const abort = new AbortController()
    running.set(id, abort)
    recording.recorderStarts()
    const redactor = this.#acting.redactor()
    const recorder = new Recorder({ trace: { id, isDetailed: true }, redactor, sink: capture.onSpans })
    return { recording, caller: { signal: abort.signal, recorder } }
  }

  async #settle(
    { recording }: { recording: Recording },
    call: Promise<{ readonly statusCode: number }>,
  ): Promise<void> {
    const { capture, running } = this.#acting
    try {
      recording.close(resultOfCall((await call).statusCode, undefined))
    } catch (thrown) {
      const error = errorRecord(thrown, this.#acting.redactor())
      const { connection: name = '' } = recording.live.start
      // What was refused before it was sent has told nothing of itself.
      if (recording.live.spans.length === 0) recording.live.open({ kind: 'call', name, startMs: 0, error })
      recording.close(resultOfCall(undefined, error))
    } finally {
      running.delete(recording.live.id)
      capture.ended(recording)
    }
  }

  #client(): Promise<Outgoing> {
    const project = this.#acting.project()
    if (this.#outgoing?.project === project) return this.#outgoing.made
    // It lets its calls end.
    void this.#outgoing?.made.then((outgoing) => outgoing.close())
    const made = this.#make(project)
    this.#outgoing = { project, made }
    return made
  }

  async #make(project: Project): Promise<Outgoing> {
    const { Outgoing } = await import('../../outgoing/outgoing.js')
    return new Outgoing({ project, redactor: this.#acting.redactor(), log: this.#acting.log })
  }
}

const pingSeconds = 10

const targets: Readonly<Record<string, string>> = {
  ping_path: 'ping_path of the connection',
  url_path: 'url_path of the connection',
  samples: 'url_path, filled with its samples',
  'host root': 'host root, because the path has placeholders without samples',
}

function targetOf({ target }: { readonly target: string }): string {
  return targets[target] ?? target
}

function pingReply({ spans, result }: Trace, told: Pick<PingReply, 'method' | 'ms' | 'target'>): PingReply {
  const call = spans.find(({ kind }) => kind === 'call')
  const socket = spans.findLast(({ attempt }) => attempt?.socket)?.attempt?.socket
  const status = result?.status
  return {
    state: stateOf(status, result?.code),
    url: call?.call?.url ?? '',
    ...told,
    status,
    message: result?.message,
    hint: call?.error?.hint,
    certificateExpires: socket?.certificateExpires,
  }
}

/** Any reply means that the API is there. */
function stateOf(status: number | undefined, code = ''): PingReply['state'] {
  if (status === undefined) return /^ZN[45]/.test(code) ? 'refused' : 'unreachable'
  if (status === 401 || status === 403) return 'unauthorized'
  return status >= 500 ? 'unhealthy' : 'reachable'
}
