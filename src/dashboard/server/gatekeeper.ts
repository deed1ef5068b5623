import type { IncomingMessage, ServerResponse } from 'node:http'
import { Answer, bug } from './answer.js'
import type { Assets } from './assets.js'
import { readJsonBody } from './body.js'
import { ApiFailure, failureOf } from './failure.js'
import { type GuardedRequest, bearerOf, refuseForm, refuseStranger } from './guard.js'
import { RefusalPace } from './refusal-pace.js'
import type { RouteTable } from './route-table.js'
import type { TokenCheck } from './token.js'

const apiBase = '/_zato/api/v1'

export interface GatekeeperOptions {
  readonly assets: Assets
  readonly routes: RouteTable
  readonly token: TokenCheck
  /** Takes over a request for the stream of events, whose caller may have it. */
  readonly streamEvents: (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void
  /** Something failed that should not. */
  readonly onBug: (error: unknown) => void
}

/** Answers the requests of the dashboard's port: asks the guard, then the token, and only then what was asked for. */
export class Gatekeeper {
  readonly #options: GatekeeperOptions
  readonly #pace = new RefusalPace()

  constructor(options: GatekeeperOptions) {
    this.#options = options
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = new Answer(request, response)
    try {
      await this.#answer(answer)
    } catch (error) {
      const failure = failureOf(error)
      if (!failure) this.#options.onBug(error)
      if (response.headersSent) response.destroy()
      else await answer.failure(failure ?? bug)
    }
  }

  async #answer(answer: Answer): Promise<void> {
    const { request } = answer
    const guarded = guardedOf(request)
    refuse(refuseStranger(guarded, request.socket.localPort ?? 0))
    if (!answer.isApi) {
      this.#page(answer)
      return
    }
    await this.#requireToken(request)
    refuse(refuseForm(guarded))
    await this.#api(answer)
  }

  async #requireToken({ headers }: IncomingMessage): Promise<void> {
    const given = bearerOf(headers)
    if (await this.#options.token.accepts(given)) return
    // Whoever has none does not guess.
    if (given !== '') await this.#pace.refused()
    throw new ApiFailure(401, {
      code: 'token_needed',
      message: given === '' ? 'The request carries no token' : 'The token is not that of this dashboard',
      hint: 'open the link from your terminal, or run "zato-ts dashboard"',
    })
  }

  #page(answer: Answer): void {
    const { method } = answer.request
    if (method !== 'GET' && method !== 'HEAD') {
      throw new ApiFailure(405, { code: 'method_not_allowed', message: `The page has no ${method ?? ''}` })
    }
    const { assets } = this.#options
    const asset = assets.find(answer.path)
    if (asset) answer.asset(asset)
    else if (assets.find('/')) answer.text(404, 'There is no such file\n')
    else answer.text(404, 'The page of the dashboard is missing from this build of zato-ts: run "npm run build"\n')
  }

  async #api(answer: Answer): Promise<void> {
    const { request, response, path } = answer
    if (!path.startsWith(`${apiBase}/`)) {
      throw new ApiFailure(404, { code: 'not_found', message: `There is no "${path}"`, hint: `the API is ${apiBase}/` })
    }
    const query = new URLSearchParams(/\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '')
    const route = path.slice(apiBase.length)
    if (route === '/events' && request.method === 'GET') {
      this.#options.streamEvents(request, response, query)
      return
    }
    const { handler, params } = this.#options.routes.find(request.method ?? 'GET', route)
    await answer.json(await handler({ params, query, body: await readJsonBody(request) }))
  }
}

function guardedOf({ method = 'GET', url = '/', headers, rawHeaders }: IncomingMessage): GuardedRequest {
  return { method, target: url, headers, rawHeaders }
}

function refuse(refusal: ReturnType<typeof refuseStranger>): void {
  if (!refusal) return
  const { status, ...error } = refusal
  throw new ApiFailure(status, error)
}
