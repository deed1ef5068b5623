import { STATUS_CODES } from 'node:http'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type CancelSignal, toAbortSignal } from '../cancellation.js'
import { ZatoError } from '../errors.js'
import type { Dispatch, Incoming, Outcome, Runner } from '../exchange.js'
import { type LogSink, type Logger, createLogger } from '../log.js'
import type { Outgoing } from '../outgoing/outgoing.js'
import { RestResponse } from '../outgoing/response.js'
import type { Redactor } from '../redact.js'
import { errorRecord } from '../trace/error-record.js'
import type { ErrorRecord } from '../trace/record.js'
import { Recorder, type SpanSink } from '../trace/recorder.js'
import { type RequestBody, PassedBody, ReceivedBody } from './body.js'
import { currentRun, runAs } from './current-run.js'
import { isHttpError } from './errors.js'
import { failureOutcome } from './failure.js'
import type { RegisteredService, ServiceRegistry } from './registry.js'
import { toOutcome } from './reply.js'
import { ServiceRequest } from './request.js'
import { ServiceResponse } from './response.js'
import { checkInput, checkOutput } from './schema.js'
import { type ServiceConstructor, type ServiceContext, type ServiceOutgoing, serviceBrand } from './service.js'
import { type Handlers, allowedMethods, handlerOf, invokedHandlerOf } from './verbs.js'

/** How deep services may invoke each other. */
const deepest = 100

export interface RunnerOptions {
  readonly registry: ServiceRegistry
  readonly outgoing: Outgoing
  /** What services see as `this.environ`. */
  readonly environment: Readonly<Record<string, string>>
  readonly logSink: LogSink
  /** Before what is shown of errors. */
  readonly redactor: Redactor
  /** Is told of the spans of requests that are recorded. */
  readonly onSpans?: SpanSink | undefined
}

/** Runs services: one instance for each request. Whatever a service does becomes an outcome. */
export function createDispatch(options: RunnerOptions): Dispatch {
  const run = createRunner(options)
  return (incoming, body, signal) => new Promise((resolve) => run(incoming, body, { signal, done: resolve }))
}

/** The same, for whoever has a promise of its own, or needs none: each costs every request. */
export function createRunner(options: RunnerOptions): Runner {
  return (incoming, body, { signal, done }) => {
    new Answer(new RequestScope(options, incoming, signal), done).start(body)
  }
}

/** One request on its way to an outcome. Nothing but what a service or its schemas make wait is waited for. */
class Answer {
  readonly #scope: RequestScope
  readonly #done: (outcome: Outcome) => void
  #invocation: Invocation | undefined

  constructor(scope: RequestScope, done: (outcome: Outcome) => void) {
    this.#scope = scope
    this.#done = done
  }

  start(body: Uint8Array): void {
    try {
      const { incoming, options } = this.#scope
      const { method, channel, headers } = incoming
      const service = options.registry.find(incoming.service)
      const handler = channel ? handlerOf(service.handlers, method) : chooseHandler(service, body.length > 0)
      if (handler === undefined) {
        this.#done(unserved(service.handlers, method))
        return
      }
      const received = new ReceivedBody(body, channel?.dataFormat ?? 'json', headers['content-type'])
      const invocation = new Invocation(this.#scope, service, { body: received, takesParams: true })
      this.#invocation = invocation
      const handle = () => this.#then(invocation.handle(handler), (returned) => this.#settle(invocation, returned))
      if (service.input) this.#then(invocation.checkInput(service.input), handle)
      else handle()
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #settle(invocation: Invocation, returned: unknown): void {
    this.#then(invocation.settle(returned), (payload) => {
      const outcome = toOutcome(invocation.response, payload, invocation)
      this.#done(outcome)
    })
  }

  /** Goes on with a value, at once if it is none that must be waited for. What is thrown on the way is the outcome. */
  #then(value: unknown, next: (value: unknown) => void): void {
    if (isThenable(value)) void Promise.resolve(value).then((settled) => this.#attempt(next, settled), this.#fail)
    else next(value)
  }

  #attempt(next: (value: unknown) => void, value: unknown): void {
    try {
      next(value)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  readonly #fail = (thrown: unknown): void => {
    const { incoming, options, signal, recorder } = this.#scope
    recorder?.change(0, { error: thrownRecord(thrown, options.redactor) })
    const logger = this.#invocation?.logger ?? this.#scope.loggerOf(incoming.service)
    const response = this.#invocation?.response
    this.#done(failureOutcome(thrown, { logger, redactor: options.redactor, signal, response }))
  }
}

/** A service without `handle` says itself which methods it serves. */
function unserved(handlers: Handlers, method: string): Outcome {
  const headers = { allow: allowedMethods(handlers) }
  if (method === 'OPTIONS') return { statusCode: 204, headers }
  const detail = `The method ${method} is not served here`
  return { statusCode: 405, headers, problem: { title: STATUS_CODES[405], detail } }
}

function chooseHandler(service: RegisteredService, hasPayload: boolean): string {
  const handler = invokedHandlerOf(service.handlers, hasPayload)
  if (handler !== undefined) return handler
  throw new ZatoError(
    'ZS201',
    `The service "${service.name}" has no "handle", only ${service.verbs.map((verb) => `"handle${verb}"`).join(', ')}`,
    { hint: 'without HTTP there is no method to choose by: add a "handle"' },
  )
}

/** A response that is passed on unparsed is nothing that an output schema could be asked about. */
function refuseResponse(payload: unknown, service: string): void {
  if (!(payload instanceof RestResponse)) return
  const message = `The payload of "${service}" is the response of a connection: its output schema cannot check that`
  throw new ZatoError('ZS302', message, { hint: 'give response.data' })
}

/** Without awaiting what is none: most payloads are plain data, and each `await` has its price. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as { then?: unknown }).then === 'function'
}

/** What all services share that one request runs. */
class RequestScope {
  readonly options: RunnerOptions
  readonly incoming: Incoming
  readonly signal: CancelSignal
  readonly recorder: Recorder | undefined
  #out: ServiceOutgoing | undefined

  constructor(options: RunnerOptions, incoming: Incoming, signal: CancelSignal) {
    this.options = options
    this.incoming = incoming
    this.signal = signal
    this.recorder = recorderFor(incoming, options)
  }

  get out(): ServiceOutgoing {
    const { signal, recorder } = this
    const { traceparent } = this.incoming
    const caller = { signal, traceparent, recorder }
    return (this.#out ??= { rest: this.options.outgoing.bind(caller) })
  }

  loggerOf(service: string): Logger {
    return createLogger(this.options.logSink, { cid: this.incoming.cid, service })
  }
}

const currentSpan = () => currentRun()?.span

function recorderFor({ trace }: Incoming, { redactor, onSpans }: RunnerOptions): Recorder | undefined {
  if (!trace || !onSpans) return undefined
  return new Recorder({ trace, redactor, sink: onSpans, current: currentSpan })
}

/** A service that another invoked, as a span of its own. */
async function recorded(recorder: Recorder, name: string, work: (span: number) => Promise<unknown>): Promise<unknown> {
  const span = recorder.open({ kind: 'service', name })
  try {
    const payload = await work(span)
    recorder.close(span)
    return payload
  } catch (thrown) {
    recorder.close(span, { error: thrownRecord(thrown, recorder.redactor) })
    throw thrown
  }
}

/** What was thrown by code of the user's own has the code that the log gives it. */
function thrownRecord(thrown: unknown, redactor: Redactor): ErrorRecord {
  const record = errorRecord(thrown, redactor)
  return thrown instanceof ZatoError || isHttpError(thrown) ? record : { ...record, code: 'ZS500' }
}

interface InvocationInput {
  readonly body: RequestBody
  /** Whether path and query parameters are part of the input. */
  readonly takesParams: boolean
  readonly caller?: Invocation
}

/** One run of one service. */
class Invocation implements ServiceContext {
  readonly request: ServiceRequest
  readonly response = new ServiceResponse()
  readonly #scope: RequestScope
  readonly #service: RegisteredService
  /** The run that invoked this one. */
  readonly #caller: Invocation | undefined
  readonly #depth: number
  #logger: Logger | undefined

  constructor(scope: RequestScope, service: RegisteredService, { body, takesParams, caller }: InvocationInput) {
    this.#scope = scope
    this.#service = service
    this.#caller = caller
    this.#depth = caller ? caller.#depth + 1 : 1
    this.request = new ServiceRequest(scope.incoming, body, { takesParams })
  }

  get cid(): string {
    return this.#scope.incoming.cid
  }

  get out(): ServiceOutgoing {
    return this.#scope.out
  }

  get signal(): AbortSignal {
    return toAbortSignal(this.#scope.signal)
  }

  get environ(): Readonly<Record<string, string>> {
    return this.#scope.options.environment
  }

  get redactor(): Redactor {
    return this.#scope.options.redactor
  }

  get logger(): Logger {
    return (this.#logger ??= this.#scope.loggerOf(this.#service.name))
  }

  /** Runs the handler between the two schemas, and resolves to the payload. */
  async run(handler: string): Promise<unknown> {
    const { input } = this.#service
    if (input) await this.checkInput(input)
    return this.settle(await this.handle(handler))
  }

  async checkInput(schema: StandardSchemaV1): Promise<void> {
    const value = await checkInput(schema, this.request.input, { service: this.#service.name })
    ServiceRequest.replaceInput(this.request, value)
  }

  /** Gives whatever the handler returns. */
  handle(handler: string): unknown {
    const instance = this.#service.serviceClass[serviceBrand](this) as unknown as Record<string, () => unknown>
    return instance[handler]?.()
  }

  /** The payload, given what the handler returned; a promise of it if it must be checked or one was assigned. */
  settle(returned: unknown): unknown {
    const payload = this.#payloadOf(returned)
    const { output } = this.#service
    return output ? this.#checkOutput(output, payload) : payload
  }

  async #checkOutput(schema: StandardSchemaV1, settled: unknown): Promise<unknown> {
    const { name: service } = this.#service
    const payload = await settled
    refuseResponse(payload, service)
    return checkOutput(schema, payload, { service })
  }

  async invoke(target: string | ServiceConstructor, payload: unknown): Promise<unknown> {
    const service = this.#scope.options.registry.find(target)
    this.#refuseCircles(service)
    const handler = chooseHandler(service, payload !== undefined)
    const body = new PassedBody(payload)
    const invocation = new Invocation(this.#scope, service, { body, takesParams: false, caller: this })
    const { incoming, recorder } = this.#scope
    const work = (span?: number) => runAs({ incoming, service: service.name, span }, () => invocation.run(handler))
    return recorder?.isDetailed ? recorded(recorder, service.name, work) : work()
  }

  #payloadOf(returned: unknown): unknown {
    const assigned = this.response.payload
    if (assigned === undefined) return returned
    if (returned !== undefined && returned !== assigned) {
      this.logger.warn('The service returned a value and set response.payload: the value it returned is left out')
    }
    return assigned
  }

  #refuseCircles(next: RegisteredService): void {
    if (next === this.#service) throw new ZatoError('ZS202', `The service "${next.name}" invokes itself`)
    if (this.#depth < deepest) return
    const trail = [...this.#trail(3), next.name].join(' → ')
    throw new ZatoError('ZS202', `Services invoke each other more than ${deepest} deep: … → ${trail}`)
  }

  /** Names of the services that led here, this one last. */
  #trail(length: number): string[] {
    const before = length > 1 && this.#caller ? this.#caller.#trail(length - 1) : []
    return [...before, this.#service.name]
  }
}
