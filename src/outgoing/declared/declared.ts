import type { Row } from '../../project/fields.js'
import { type Expression, ExpressionError, compileExpression } from '../../project/expression.js'
import type { OutgoingDefinition } from '../../project/schema.js'
import { Mistake } from '../mistake.js'
import { type GivenCall, type Parts, merge } from './merge.js'

/** What zato.yaml says of the calls of a connection, beside its address: parts of each call, and one call whole. */
export class DeclaredCalls {
  readonly #definition: OutgoingDefinition
  readonly #expressions = new Map<string, Promise<Expression>>()

  /** Undefined if the definition declares nothing. */
  static of(definition: OutgoingDefinition): DeclaredCalls | undefined {
    const { requestPathParams, requestQueryString, requestHeaders, requestMethod, method, requestData, responseMap } =
      definition
    const rows = [...requestPathParams, ...requestQueryString, ...requestHeaders]
    const isDeclared = rows.length > 0 || requestMethod || method || requestData || responseMap
    return isDeclared ? new DeclaredCalls(definition) : undefined
  }

  private constructor(definition: OutgoingDefinition) {
    this.#definition = definition
  }

  /**
   * A call with what is declared filled in; what was given wins.
   *
   * @throws Mistake if an expression fails
   */
  async complete(given: GivenCall): Promise<GivenCall> {
    const { requestPathParams, requestQueryString, requestHeaders } = this.#definition
    const scope = { payload: given.payload, params: given.params ?? {}, cid: given.cid }
    const parts: Parts = {
      query: await this.#values('request_query_string', requestQueryString, scope),
      path: await this.#values('request_path_params', requestPathParams, scope),
      headers: await this.#values('request_headers', requestHeaders, scope),
    }
    return merge(parts, given)
  }

  /**
   * A call of which nothing need be given: method and body are declared, too.
   *
   * @throws Mistake if an expression fails
   */
  async completeWhole(given: GivenCall): Promise<GivenCall & { readonly method: string }> {
    const completed = await this.complete(given)
    const declared = this.#definition.requestMethod ?? this.#definition.method
    const method = given.method?.toUpperCase() ?? declared
    const sendsData = method === undefined || method === declared || !bodiless.has(method)
    const payload = sendsData ? await this.#payload(given) : given.payload
    return { ...completed, method: method ?? (payload === undefined ? 'GET' : 'POST'), payload }
  }

  /**
   * What `response_map` makes of data; undefined if there is no map.
   *
   * @throws ExpressionError
   */
  get map(): ((data: unknown) => Promise<unknown>) | undefined {
    const { responseMap } = this.#definition
    if (!responseMap) return undefined
    return async (data) => (await (await this.#compiled(responseMap)).evaluate(data)) ?? null
  }

  async #payload({ payload, params = {}, cid }: GivenCall): Promise<unknown> {
    const { requestData, requestDataMode } = this.#definition
    if (!requestData) return payload
    if (requestDataMode === 'text') return payload === undefined ? requestData : payload
    return this.#evaluate('request_data', requestData, { payload, params, cid })
  }

  async #values(field: string, rows: readonly Row[], scope: Scope): Promise<[string, unknown][]> {
    return Promise.all(
      rows.map(async ({ key, value, mode }): Promise<[string, unknown]> => [
        key,
        mode === 'text' ? value : await this.#evaluate(`${field}.${key}`, value, scope),
      ]),
    )
  }

  async #evaluate(field: string, text: string, { payload, params, cid }: Scope): Promise<unknown> {
    try {
      return await (await this.#compiled(text)).evaluate(inputOf(payload), { params, cid })
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      throw new Mistake('ZN405', `the expression of ${field} failed: ${placed(error)}`, {
        hint: 'its input is the payload of the call, $params its params and $cid its cid',
      })
    }
  }

  #compiled(text: string): Promise<Expression> {
    let compiled = this.#expressions.get(text)
    if (!compiled) this.#expressions.set(text, (compiled = compileExpression(text)))
    return compiled
  }
}

interface Scope {
  readonly payload: unknown
  readonly params: unknown
  readonly cid: unknown
}

/** Of these a body is sent only if they are what is declared. */
const bodiless = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE'])

/** `it calls itself too often, at character 12` */
export function placed({ message, position }: ExpressionError): string {
  return position === undefined ? message : `${message}, at character ${position + 1}`
}

/** An expression sees data: that of a text, if it is JSON. */
function inputOf(payload: unknown): unknown {
  if (payload === undefined) return {}
  if (typeof payload !== 'string') return payload
  try {
    return JSON.parse(payload) as unknown
  } catch {
    return payload
  }
}
