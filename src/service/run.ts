import { STATUS_CODES } from 'node:http'
import type { Outcome, Runner } from '../exchange.js'
import { ReceivedBody } from './body.js'
import { failureOutcome } from './failure.js'
import { Invocation, chooseHandler } from './invocation.js'
import { thrownRecord } from './recorded.js'
import { toOutcome } from './reply.js'
import { RequestScope, type RunnerOptions } from './request-scope.js'
import { type Handlers, allowedMethods, handlerOf } from './verbs.js'

/** Runs services: one instance for each request. Whatever a service does becomes an outcome. */
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

/** Without awaiting what is none: most payloads are plain data, and each `await` has its price. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as { then?: unknown }).then === 'function'
}
