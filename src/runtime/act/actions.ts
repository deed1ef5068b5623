import { ZatoError } from '../../errors.js'
import type { Trace } from '../../trace/record.js'
import type { ReplayEdits, StartedReply } from '../../trace/requests.js'
import type { ServerActions } from '../server-actions.js'
import type { Acting } from './acting.js'
import { ChannelActions, credentialsOf } from './channels.js'
import { ConnectionActions } from './connections.js'
import { replayed } from './replay.js'
import { ServiceActions } from './services.js'

/** Does what whoever watches a server asks for. */
export class Actions implements ServerActions {
  readonly #acting: Acting
  readonly #connections: ConnectionActions
  readonly #channels: ChannelActions
  readonly #services: ServiceActions

  constructor(acting: Acting) {
    this.#acting = acting
    this.#connections = new ConnectionActions(acting)
    this.#channels = new ChannelActions(acting)
    this.#services = new ServiceActions(acting)
  }

  readonly call: ServerActions['call'] = (connection, request) => this.#connections.call(connection, request)

  readonly ping: ServerActions['ping'] = (connection) => this.#connections.ping(connection)

  readonly tryChannel: ServerActions['tryChannel'] = (channel, request) => this.#channels.tryChannel(channel, request)

  readonly invoke: ServerActions['invoke'] = (service, request) => this.#services.invoke(service, request)

  async replay(traceId: number, edits: ReplayEdits = {}): Promise<StartedReply> {
    const trace = this.#acting.capture.store.get(traceId)
    if (!trace) throw new ZatoError('ZU003', `There is no trace ${traceId} any more`)
    if (trace.kind === 'channel') return this.#replayRequest(trace, edits)
    if (trace.kind === 'service') return this.#replayService(trace, edits)
    return this.#replayCall(trace, edits)
  }

  cancel(traceId: number): boolean {
    const abort = this.#acting.running.get(traceId)
    abort?.abort()
    return abort !== undefined
  }

  async close(): Promise<void> {
    for (const abort of this.#acting.running.values()) abort.abort()
    await this.#connections.close()
  }

  #replayRequest(trace: Trace, edits: ReplayEdits): Promise<StartedReply> {
    const { method, path, headers, body } = replayed(trace, edits)
    const project = this.#acting.project()
    const channel = project.channelRest.find(({ name }) => name === trace.channel)
    const own = new Set(headers.map(([name]) => name.toLowerCase()))
    const added = channel ? credentialsOf(channel, project).filter(([name]) => !own.has(name.toLowerCase())) : []
    const all = [...headers, ...added, ['x-zato-ts-replay', '1'] as const]
    return this.#channels.send({ method, path, headers: all, body }, { source: 'dashboard', replayOf: trace.id })
  }

  #replayCall(trace: Trace, edits: ReplayEdits): Promise<StartedReply> {
    const { method, params, headers, body } = replayed(trace, edits)
    const call = { method, params, payload: body, headers: Object.fromEntries(ownHeaders(headers, edits)) }
    return this.#connections.start(trace.connection ?? '', call, { replayOf: trace.id })
  }

  #replayService(trace: Trace, edits: ReplayEdits): Promise<StartedReply> {
    const { body, path } = replayed(trace, edits)
    const params = Object.fromEntries(new URLSearchParams(path))
    const payload = body === undefined ? undefined : Buffer.from(body).toString('utf8')
    return this.#services.invoke(trace.service ?? '', { payload, params }, { replayOf: trace.id })
  }
}

/** What the connection and the client of HTTP set themselves is set by them again. */
const setByClient = new Set(['user-agent', 'accept', 'accept-encoding', 'authorization', 'idempotency-key'])

function ownHeaders(headers: readonly (readonly [string, string])[], edits: ReplayEdits) {
  return edits.headers ?? headers.filter(([name]) => !setByClient.has(name.toLowerCase()))
}
