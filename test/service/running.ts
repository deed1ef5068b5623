import { newCid } from '../../src/trace/context.js'
import { type Incoming, type IncomingChannel, type Outcome, dispatchBy } from '../../src/exchange.js'
import type { LogEntry } from '../../src/log.js'
import { Outgoing } from '../../src/outgoing/outgoing.js'
import { createLogger } from '../../src/log.js'
import type { OutgoingDefinition, SecurityDefinition } from '../../src/project/schema.js'
import { createRedactor } from '../../src/redact.js'
import { ServiceRegistry } from '../../src/service/registry.js'
import { createRunner } from '../../src/service/run.js'

/** Runs service classes as a channel would, without a port. */

export interface RunningOptions {
  readonly outgoingRest?: readonly OutgoingDefinition[]
  readonly security?: readonly SecurityDefinition[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
}

export interface RequestOptions extends Partial<Omit<Incoming, 'channel'>> {
  /** `null` for none. */
  readonly channel?: Partial<IncomingChannel> | null
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

export interface Reply extends Outcome {
  /** The body, streams read to their end. */
  readonly bytes: Buffer
  readonly text: string
  /** The body as JSON. */
  readonly json: unknown
}

export interface Running {
  /** Sends a request to the service of this name. */
  send(service: string, request?: RequestOptions): Promise<Reply>
  /** The same, with the outcome as it is. */
  dispatch(service: string, request?: RequestOptions): Promise<Outcome>
  readonly logs: LogEntry[]
  close(): Promise<void>
}

/** Services by export name, as one module `test/services`. */
export function running(exports: Readonly<Record<string, unknown>>, options: RunningOptions = {}): Running {
  const logs: LogEntry[] = []
  const logSink = (entry: LogEntry) => void logs.push(entry)
  const { outgoingRest = [], security = [], environment = {}, secrets = [] } = options
  const redactor = createRedactor(secrets)
  const outgoing = new Outgoing({
    project: { outgoingRest, security },
    redactor,
    log: createLogger(logSink),
  })
  const registry = ServiceRegistry.from([{ file: '/project/services/test.ts', name: 'test', exports }])
  const run = dispatchBy(createRunner({ registry, outgoing, environment, logSink, redactor }))

  const dispatch = (service: string, request: RequestOptions = {}) => {
    const { body = '', signal = new AbortController().signal, ...incoming } = request
    return run(incomingTo(service, incoming), Buffer.from(body), signal)
  }
  return {
    logs,
    dispatch,
    async send(service, request) {
      const outcome = await dispatch(service, request)
      const bytes = await readBody(outcome.body)
      return {
        ...outcome,
        bytes,
        text: bytes.toString(),
        get json() {
          return JSON.parse(bytes.toString()) as unknown
        },
      }
    },
    close: () => outgoing.close(),
  }
}

const defaultChannel: IncomingChannel = {
  name: 'Test',
  dataFormat: 'json',
  urlParamsPri: 'path-over-qs',
  paramsPri: 'channel-params-over-msg',
}

function incomingTo(service: string, { channel, ...request }: Omit<RequestOptions, 'body' | 'signal'>): Incoming {
  return {
    cid: newCid(),
    service,
    method: 'GET',
    path: '/test',
    params: {},
    query: {},
    headers: {},
    remoteAddress: '127.0.0.1',
    ...(channel !== null && { channel: { ...defaultChannel, ...channel } }),
    ...request,
  }
}

async function readBody(body: Outcome['body']): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0)
  if (!(body instanceof ReadableStream)) return Buffer.from(body)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
