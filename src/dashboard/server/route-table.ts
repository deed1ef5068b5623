import { ApiFailure } from './failure.js'

/** What a route is given of a request that the guard has let through. */
export interface ApiRequest {
  /** What stands in the placeholders of its path, by their names. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What was sent as JSON; undefined for none. */
  readonly body: unknown
}

/** What a route answers: a value to be sent as JSON, with 200 unless told. */
export interface ApiReply {
  readonly status?: number
  readonly value: unknown
  /** Makes a browser save it as a file of this name. */
  readonly fileName?: string
}

export type Handler = (request: ApiRequest) => ApiReply | Promise<ApiReply>

/** `GET /trace/:id` and what answers it. */
export type Routes = Readonly<Record<string, Handler>>

interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly handler: Handler
}

export interface FoundRoute {
  readonly handler: Handler
  readonly params: Readonly<Record<string, string>>
}

/** Some thirty routes, looked through one by one. */
export class RouteTable {
  readonly #routes: readonly Route[]

  constructor(routes: Routes) {
    this.#routes = Object.entries(routes).map(([line, handler]) => {
      const [method = '', path = ''] = line.split(' ')
      return { method, segments: path.split('/'), handler }
    })
  }

  /** @throws ApiFailure 404 for an unknown path, 405 for an unknown method of a known one, 400 for one that does not decode */
  find(method: string, path: string): FoundRoute {
    const segments = path.split('/').map(decoded)
    const known = this.#routes.flatMap((route) => {
      const params = match(route.segments, segments)
      return params ? [{ ...route, params }] : []
    })
    const wanted = method === 'HEAD' ? 'GET' : method
    const found = known.find((route) => route.method === wanted)
    if (found) return found
    if (known.length === 0) throw new ApiFailure(404, { code: 'not_found', message: `There is no "${path}"` })
    const allowed = known.map((route) => route.method).join(', ')
    const message = `"${path}" has no ${method}`
    throw new ApiFailure(405, { code: 'method_not_allowed', message, hint: `it has ${allowed}` })
  }
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (part.startsWith(':') && segment !== '') params[part.slice(1)] = segment
    else if (part !== segment) return undefined
  }
  return params
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new ApiFailure(400, { code: 'invalid', message: 'The path does not decode' })
  }
}
