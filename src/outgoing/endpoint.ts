import type { Logger } from '../log.js'
import type { OutgoingDefinition, SecurityDefinition } from '../project/schema.js'
import type { Redactor } from '../redact.js'
import type { TraceSink } from '../trace/events.js'
import { Address } from './address.js'
import { credentialHeader } from './credentials.js'
import { type CallFacts, NotConfigured } from './errors.js'
import { HeaderPlan } from './headers.js'
import { Mistake } from './mistake.js'
import { SocketPool } from './pool.js'
import { readTlsSettings } from './tls.js'

export interface EndpointOptions {
  readonly definition: OutgoingDefinition
  /** The definition that `security` names; undefined if there is none. */
  readonly security: SecurityDefinition | undefined
  readonly redactor: Redactor
  readonly onEvent: TraceSink | undefined
  readonly log: Logger
}

/** What is compiled of a connection, once. */
export interface Plan {
  readonly address: Address
  readonly headers: HeaderPlan
}

/**
 * One connection of the project: its definition, what is compiled of it, and its sockets. All callers share it. What is
 * wrong with a definition is said by each call, not when the project is loaded.
 */
export class Endpoint {
  readonly definition: OutgoingDefinition
  readonly redactor: Redactor
  readonly onEvent: TraceSink | undefined
  readonly log: Logger
  readonly #security: SecurityDefinition | undefined
  #plan: Plan | undefined
  #pool: SocketPool | undefined
  #closing: Promise<void> | undefined
  /** Calls that are not over. */
  #calls = 0
  #whenIdle: (() => void) | undefined

  constructor({ definition, security, redactor, onEvent, log }: EndpointOptions) {
    this.definition = definition
    this.redactor = redactor
    this.onEvent = onEvent
    this.log = log
    this.#security = security
  }

  get name(): string {
    return this.definition.name
  }

  /**
   * What a call needs to know of the connection.
   *
   * @throws NotConfigured if it cannot be used
   */
  planFor(facts: CallFacts): Plan {
    return (this.#plan ??= this.#compile(facts))
  }

  /** An address below the same host, such as that of a ping. */
  addressOf(path: string, facts: CallFacts): Address {
    return this.#configured(facts, () => new Address(this.definition.host, path))
  }

  /** The sockets. @throws NotConfigured if they cannot be opened any more, or at all */
  poolFor({ address }: Plan, facts: CallFacts): SocketPool {
    if (this.#closing) throw new NotConfigured('ZN504', `Cannot call "${this.name}": it has been closed`, { facts })
    return (this.#pool ??= this.#configured(facts, () => {
      const { poolSize } = this.definition
      return new SocketPool({ origin: address.origin, size: poolSize, tls: readTlsSettings(this.definition) })
    }))
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
    await this.#pool?.close()
  }

  #compile(facts: CallFacts): Plan {
    const { definition } = this
    if (!definition.isActive) {
      throw new NotConfigured('ZN501', `Cannot call "${this.name}": it is inactive`, {
        facts,
        hint: 'is_active: true makes it work',
      })
    }
    this.#refuse(definition.refusal, facts)
    const credential = this.#configured(facts, () => this.#credential(facts))
    return this.#configured(facts, () => ({
      address: new Address(definition.host, definition.urlPath),
      headers: new HeaderPlan(definition, credential),
    }))
  }

  #credential(facts: CallFacts) {
    const { security: name } = this.definition
    if (name === undefined) return undefined
    const security = this.#security
    if (!security) throw new Mistake('ZN504', `there is no security definition "${name}"`)
    this.#refuse(security.refusal, facts)
    if (!security.isActive) throw new Mistake('ZN504', `its security definition "${name}" is inactive`)
    return credentialHeader(security)
  }

  #refuse(refusal: OutgoingDefinition['refusal'], facts: CallFacts): void {
    if (!refusal) return
    const code = refusal.code === 'missing-variable' ? 'ZN502' : 'ZN504'
    const hint = code === 'ZN502' ? 'set it in the environment or in .env, beside zato.yaml' : undefined
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
