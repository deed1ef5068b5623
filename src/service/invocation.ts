import type { StandardSchemaV1 } from '@standard-schema/spec'
import { toAbortSignal } from '../cancellation.js'
import { ZatoError } from '../errors.js'
import type { Logger } from '../log.js'
import { RestResponse } from '../outgoing/response.js'
import type { Redactor } from '../redact.js'
import { type RequestBody, PassedBody } from './body.js'
import { runAs } from './current-run.js'
import { recorded } from './recorded.js'
import type { RegisteredService } from './registry.js'
import type { RequestScope } from './request-scope.js'
import { ServiceRequest } from './request.js'
import { ServiceResponse } from './response.js'
import { checkInput, checkOutput } from './schema.js'
import { type ServiceConstructor, type ServiceContext, type ServiceOutgoing, serviceBrand } from './service.js'
import { invokedHandlerOf } from './verbs.js'

/** How deep services may invoke each other. */
const deepest = 100

interface InvocationInput {
  readonly body: RequestBody
  /** Whether path and query parameters are part of the input. */
  readonly takesParams: boolean
  readonly caller?: Invocation
}

/** One run of one service. */
export class Invocation implements ServiceContext {
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

/** The handler that serves where there is no HTTP. */
export function chooseHandler(service: RegisteredService, hasPayload: boolean): string {
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
