import type { Logger } from '../log.js'
import { didYouMean } from '../nearest.js'
import { refusalHint } from '../project/refusal.js'
import {
  type MtlsDefinition,
  type OAuthDefinition,
  type OutgoingDefinition,
  type SecurityDefinition,
  isOAuth,
} from '../project/schema.js'
import type { Redactor } from '../redact.js'
import type { TraceSink } from '../trace/events.js'
import { Address } from './address.js'
import { Breaker } from './breaker.js'
import { type Header, credentialHeader, refuseEmpty } from './credentials.js'
import { type CallFacts, NotConfigured } from './errors.js'
import { HeaderPlan } from './headers.js'
import type { Kept } from './kept.js'
import { Mistake } from './mistake.js'
import type { TokenSource } from './oauth/token-source.js'
import type { Tokens } from './oauth/tokens.js'
import { SocketPool } from './pool.js'
import { type Environment, chooseProxy } from './proxy-choice.js'
import { readTlsSettings } from './tls.js'
import { tlsSource } from './tls-source.js'

export interface EndpointOptions {
  readonly definition: OutgoingDefinition
  /** By their names. */
  readonly securities: ReadonlyMap<string, SecurityDefinition>
  readonly tokens: Tokens
  /** Where the proxy is named for connections that do not name one. */
  readonly environment: Environment
  readonly kept: Kept
  readonly redactor: Redactor
  readonly onEvent: TraceSink | undefined
  readonly onlyFailedCalls: boolean
  readonly log: Logger
}

/** What goes with each call: a header that is known, or a token that has to be fetched. */
interface Credentials {
  readonly header?: Header
  readonly oauth?: OAuthDefinition
  readonly mtls?: MtlsDefinition
}

/** What is compiled of a connection, once for each security definition that its calls ask for. */
export interface Plan {
  readonly address: Address
  readonly headers: HeaderPlan
  /** Where the tokens come from that go with each call, if they have to be fetched. */
  readonly oauth: OAuthDefinition | undefined
  /** The certificate that is shown, in place of that of the connection. */
  readonly mtls: MtlsDefinition | undefined
}

/**
 * One connection of the project: its definition, what is compiled of it, and its sockets. All callers share it. What is
 * wrong with a definition is said by each call, not when the project is loaded.
 */
export class Endpoint {
  readonly definition: OutgoingDefinition
  readonly redactor: Redactor
  readonly #onEvent: TraceSink | undefined
  readonly #onlyFailedCalls: boolean
  readonly log: Logger
  readonly #securities: EndpointOptions['securities']
  readonly #tokens: Tokens
  readonly #environment: Environment
  /** Undefined if the connection has none. */
  readonly breaker: Breaker | undefined
  /** By the name of the security definition. */
  readonly #plans = new Map<string | undefined, Plan>()
  /** By the certificate that is shown on their sockets. */
  readonly #pools = new Map<MtlsDefinition | undefined, SocketPool>()
  #closing: Promise<void> | undefined
  /** Calls that are not over. */
  #calls = 0
  #whenIdle: (() => void) | undefined

  constructor(options: EndpointOptions) {
    const { definition, securities, tokens, environment, kept, redactor, log } = options
    this.definition = definition
    this.redactor = redactor
    this.#onEvent = options.onEvent
    this.#onlyFailedCalls = options.onlyFailedCalls
    this.log = log
    this.#securities = securities
    this.#tokens = tokens
    this.#environment = environment
    this.breaker = breakerOf(definition, { kept, log })
  }

  get name(): string {
    return this.definition.name
  }

  /**
   * What a call needs to know of the connection.
   *
   * @param security name of the security definition that the call asks for in place of the connection's own
   * @throws NotConfigured if it cannot be used
   */
  planFor(facts: CallFacts, security = this.definition.security): Plan {
    const known = this.#plans.get(security)
    if (known) return known
    const plan = this.#compile(facts, security)
    this.#plans.set(security, plan)
    return plan
  }

  /** Where the token of a call comes from. @throws NotConfigured if none can be fetched */
  tokensFor({ oauth }: Plan, scopes: string | undefined, facts: CallFacts): TokenSource | undefined {
    if (!oauth) return undefined
    return this.#configured(facts, () => this.#tokens.sourceOf(oauth, scopes ?? oauth.scopes))
  }

  /** An address below the same host, such as that of a ping. */
  addressOf(path: string, facts: CallFacts): Address {
    return this.#configured(facts, () => new Address(this.definition.host, path))
  }

  /** The sockets. @throws NotConfigured if they cannot be opened any more, or at all */
  poolFor({ address, mtls }: Plan, facts: CallFacts): SocketPool {
    if (this.#closing) throw new NotConfigured('ZN504', `Cannot call "${this.name}": it has been closed`, { facts })
    const known = this.#pools.get(mtls)
    if (known) return known
    const pool = this.#configured(facts, () => {
      const tls = readTlsSettings(tlsSource(this.definition, mtls))
      const proxy = chooseProxy(address.origin, this.definition.proxy, this.#environment)
      return new SocketPool({ origin: address.origin, size: this.definition.poolSize, tls, proxy })
    })
    this.#pools.set(mtls, pool)
    return pool
  }

  /** Who is told of a call; undefined if nobody is. */
  sinkOf({ hasFailed }: { readonly hasFailed: boolean }): TraceSink | undefined {
    return hasFailed || !this.#onlyFailedCalls ? this.#onEvent : undefined
  }

  callStarts(): void {
    this.#calls += 1
  }

  callEnds(): void {
    this.#calls -= 1
    if (this.#calls === 0) this.#whenIdle?.()
  }

  /** Lets calls in flight end, then closes the sockets. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    if (this.#calls > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve))
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  #compile(facts: CallFacts, security: string | undefined): Plan {
    const { definition } = this
    if (!definition.isActive) {
      throw new NotConfigured('ZN501', `Cannot call "${this.name}": it is inactive`, {
        facts,
        hint: 'is_active: true makes it work',
      })
    }
    this.#refuse(definition.refusal, facts)
    return this.#configured(facts, () => {
      const { header, oauth, mtls } = this.#credentials(facts, security)
      return {
        address: new Address(definition.host, definition.urlPath),
        headers: new HeaderPlan(definition, header, oauth ? ['authorization'] : []),
        oauth,
        mtls,
      }
    })
  }

  #credentials(facts: CallFacts, name: string | undefined): Credentials {
    if (name === undefined) return {}
    const security = this.#securities.get(name)
    if (!security) {
      const hint = didYouMean(name, this.#securities.keys()) ?? 'give the name of one that zato.yaml defines'
      throw new Mistake('ZN504', `there is no security definition "${name}"`, { hint })
    }
    this.#refuse(security.refusal, facts)
    if (!security.isActive) throw new Mistake('ZN504', `its security definition "${name}" is inactive`)
    if (security.type === 'unserved') {
      throw new Mistake('ZN504', `the security definition "${name}" is of a type that is not served yet`)
    }
    if (security.type === 'mtls') return { mtls: security }
    if (!isOAuth(security)) return { header: credentialHeader(security) }
    refuseEmpty(name, security.password)
    return { oauth: security }
  }

  #refuse(refusal: OutgoingDefinition['refusal'], facts: CallFacts): void {
    if (!refusal) return
    const code = refusal.code === 'missing-variable' ? 'ZN502' : 'ZN504'
    const hint = refusalHint(refusal)
    throw new NotConfigured(code, this.redactor.text(`Cannot call "${this.name}": ${refusal.reason}`), { facts, hint })
  }

  /** What goes wrong here is the definition's fault, not that of a call. */
  #configured<R>(facts: CallFacts, compile: () => R): R {
    try {
      return compile()
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      const { message, hint, cause } = error
      throw new NotConfigured('ZN504', this.redactor.text(`Cannot call "${this.name}": ${message}`), {
        facts,
        hint,
        ...(cause !== undefined && { cause }),
      })
    }
  }
}

function breakerOf(definition: OutgoingDefinition, { kept, log }: Pick<EndpointOptions, 'kept' | 'log'>) {
  const { name, host, circuitBreaker: settings } = definition
  if (!settings) return undefined
  const key = `breaker ${JSON.stringify([name, host, settings])}`
  return new Breaker({ settings, name, key, kept, log })
}
