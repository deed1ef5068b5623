import type { Logger } from '../log.js'
import { didYouMean } from '../nearest.js'
import type { Project } from '../project/project.js'
import type { Redactor } from '../redact.js'
import type { TraceSink } from '../trace/events.js'
import { performCall } from './call.js'
import type { CallOptions, InvokeOptions } from './call-types.js'
import type { Caller } from './caller.js'
import { RestConnection } from './connection.js'
import { completeDeclared } from './declared/perform.js'
import { Endpoint } from './endpoint.js'
import { type Kept, KeptHere } from './kept.js'
import { BadCall, NotConfigured } from './errors.js'
import type { OutgoingRest, RestItem } from './names.js'
import { Tokens } from './oauth/tokens.js'
import { PayloadStream } from './payload-stream.js'
import { type Call, prepareCall } from './prepare.js'
import type { RestResponse } from './response.js'
import { type RestSource, restProxy } from './rest-proxy.js'

export type { Caller } from './caller.js'
export { stringifyExactly } from './lossless-number.js'

export interface OutgoingOptions {
  /** Its environment names the proxies of connections that name none themselves. */
  readonly project: Pick<Project, 'outgoingRest' | 'security'> & Partial<Pick<Project, 'environment'>>
  /** Before whatever is told of a call: errors, events, log lines. */
  readonly redactor: Redactor
  /** Gets one event for each call that was sent. */
  readonly onEvent?: TraceSink | undefined
  /** It gets none for those that succeeded. */
  readonly onlyFailedCalls?: boolean | undefined
  readonly log: Logger
  /** Where fetched tokens, and the state of circuit breakers, outlive these connections; nowhere by default. */
  readonly kept?: Kept | undefined
}

/** What reshapes the data of the response. */
const reshaping = Symbol('map')

/** A call with nothing left to be filled in. */
export interface CompletedCall extends CallOptions {
  readonly cid: string
  readonly method: string
  readonly payload?: unknown
  readonly [reshaping]?: Call['map']
}

/** A call as it would be sent. */
export interface PreparedCall {
  readonly method: string
  /** With credentials in no part of it, but perhaps with secrets that the caller put into `params`. */
  readonly url: string
  /**
   * All but those that HTTP itself needs: Host, Connection, Content-Length. Credentials included; a token that would have to
   * be fetched is named.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** The outgoing connections of one project. */
export class Outgoing {
  readonly #endpoints: ReadonlyMap<string, Endpoint>
  readonly #tokens: Tokens

  constructor({ project, redactor, onEvent, onlyFailedCalls = false, log, kept = new KeptHere() }: OutgoingOptions) {
    const securities = new Map(project.security.map((security) => [security.name, security]))
    const { environment = {} } = project
    const tokens = new Tokens({ kept, environment, redactor, log })
    const shared = {
      securities,
      tokens,
      environment,
      kept,
      redactor,
      onEvent,
      onlyFailedCalls,
      log,
    }
    this.#tokens = tokens
    this.#endpoints = new Map(
      project.outgoingRest.map((definition) => [definition.name, new Endpoint({ definition, ...shared })]),
    )
  }

  /** What a service sees as `this.out.rest`. */
  bind(caller: Caller): OutgoingRest {
    return restProxy(new BoundRest(this, caller))
  }

  /**
   * One connection, on behalf of a caller.
   *
   * @throws NotConfigured if there is none of this name
   */
  connection(name: string, caller: Caller): RestConnection {
    return new RestConnection(this.#endpoint(name), caller)
  }

  /** Names of the connections. */
  names(): readonly string[] {
    return [...this.#endpoints.keys()]
  }

  /** Whether there is a connection of this name. */
  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /**
   * The request that a call would send; nothing is sent. Only the span id of its `traceparent` is another each time.
   *
   * @throws NotConfigured, BadCall
   */
  prepare(
    name: string,
    { cid, ...options }: { cid: string; method: string; payload?: unknown } & CallOptions,
  ): PreparedCall {
    const endpoint = this.#endpoint(name)
    const { outbound, url, plan } = prepareCall(endpoint, {}, { cid, method: 'request', options })
    const { method, headers, body } = outbound
    if (body instanceof PayloadStream) {
      body.cancel()
      throw new BadCall('ZN402', `Cannot show the call of "${endpoint.name}": its payload is a stream`, {
        facts: { connection: endpoint.name, cid, method },
      })
    }
    const shown = plan.oauth ? [...headers, 'Authorization', `Bearer <token of ${plan.oauth.name}>`] : headers
    return { method, url, headers: toRecord(shown), body }
  }

  /**
   * A call with what its connection declares filled in, as `prepare` and `send` take it.
   *
   * @throws NotConfigured, BadCall
   */
  async complete(name: string, { cid, ...given }: { cid: string } & InvokeOptions): Promise<CompletedCall> {
    const { options, map } = await completeDeclared(this.#endpoint(name), { cid, argument: given })
    return { ...(options as Omit<CompletedCall, 'cid'>), cid, ...(map && { [reshaping]: map }) }
  }

  /** Makes a completed call. @throws OutgoingError */
  send(name: string, caller: Caller, { cid, [reshaping]: map, ...options }: CompletedCall): Promise<RestResponse> {
    return performCall(this.#endpoint(name), caller, { cid, method: 'request', options, ...(map && { map }) })
  }

  /** Why each call of a connection would be refused, by its definition or a file that this names; nothing is sent. */
  refusalOf(name: string): NotConfigured | undefined {
    const facts = { connection: name }
    try {
      const endpoint = this.#endpoint(name)
      endpoint.poolFor(endpoint.planFor(facts), facts)
      return undefined
    } catch (error) {
      if (error instanceof NotConfigured) return error
      throw error
    }
  }

  /** Lets calls in flight end, then closes all sockets. */
  async close(): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close()))
    await this.#tokens.close()
  }

  #endpoint(name: string): Endpoint {
    const endpoint = this.#find(name)
    if (endpoint) return endpoint
    const names = this.names()
    const hint = didYouMean(name, names) ?? knownNames(names)
    throw new NotConfigured('ZN503', `There is no outgoing connection "${name}"`, { facts: { connection: name }, hint })
  }

  /** The name must be exact; blanks around it do not count. */
  #find(name: string): Endpoint | undefined {
    return this.#endpoints.get(name) ?? this.#endpoints.get(name.trim())
  }
}

/** The connections on behalf of one caller. */
class BoundRest implements RestSource {
  readonly #outgoing: Outgoing
  readonly #caller: Caller

  constructor(outgoing: Outgoing, caller: Caller) {
    this.#outgoing = outgoing
    this.#caller = caller
  }

  names(): readonly string[] {
    return this.#outgoing.names()
  }

  has(name: string): boolean {
    return this.#outgoing.has(name)
  }

  open(name: string): RestItem {
    return { conn: this.#outgoing.connection(name, this.#caller) }
  }
}

const mostNames = 5

function knownNames(names: readonly string[]): string {
  if (names.length === 0) return 'there is none yet: add one to outgoing_rest in zato.yaml'
  const shown = names.slice(0, mostNames).map((name) => `"${name}"`)
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : ''
  return `there ${names.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${more}`
}

/** Names and values in turn, as an object. */
function toRecord(flat: readonly string[]): Record<string, string> {
  const pairs: [string, string][] = []
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push([flat[index] ?? '', flat[index + 1] ?? ''])
  return Object.fromEntries(pairs)
}
