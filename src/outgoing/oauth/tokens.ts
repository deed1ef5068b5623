import { createHash } from 'node:crypto'
import type { Logger } from '../../log.js'
import type { OAuthDefinition } from '../../project/schema.js'
import type { Redactor } from '../../redact.js'
import type { Kept } from '../kept.js'
import { SocketPool } from '../pool.js'
import { type Environment, chooseProxy } from '../proxy-choice.js'
import { readTlsSettings, tlsFile } from '../tls.js'
import { type Token, clock, credentialOf, tokenKeyPrefix } from './token.js'
import { tokenPoolSize } from './token-failure.js'
import { fetchToken } from './token-fetch.js'
import { TokenSource } from './token-source.js'

export interface TokensOptions {
  readonly kept: Kept
  readonly environment: Environment
  readonly redactor: Redactor
  readonly log: Logger
}

/** The tokens of a project's OAuth definitions, each fetched when it is first needed, and shared by all connections. */
export class Tokens {
  readonly #options: TokensOptions
  readonly #sources = new Map<string, TokenSource>()
  readonly #pools = new Map<string, SocketPool>()
  readonly #life = new AbortController()

  constructor(options: TokensOptions) {
    this.#options = options
  }

  /**
   * Where calls get the token of a definition from.
   *
   * @param scopes separated by blanks
   * @throws Mistake if `tls_ca` of the definition cannot be read
   */
  sourceOf(definition: OAuthDefinition, scopes: string): TokenSource {
    const key = keyOf(definition, scopes)
    const known = this.#sources.get(key)
    if (known) return known
    const pool = this.#poolOf(definition)
    const { kept } = this.#options
    const fetch = () => this.#fetch(definition, { scopes, pool })
    const source = new TokenSource({ key, kept, fetch, clock })
    this.#sources.set(key, source)
    // One that another generation has fetched.
    this.#learn(source.current)
    return source
  }

  async close(): Promise<void> {
    this.#life.abort()
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  async #fetch(definition: OAuthDefinition, { scopes, pool }: { scopes: string; pool: SocketPool }): Promise<Token> {
    const { log } = this.#options
    const token = await fetchToken({ definition, scopes, pool, clock, signal: this.#life.signal })
    this.#learn(token)
    log.debug(`Fetched a token of "${definition.name}"`)
    return token
  }

  #learn(token: Token | undefined): void {
    const credential = credentialOf(token)
    if (credential !== undefined) this.#options.redactor.learn(credential)
  }

  #poolOf(definition: OAuthDefinition): SocketPool {
    const { name, authServerUrl, validateTls, tlsCa } = definition
    const known = this.#pools.get(name)
    if (known) return known
    const { origin } = new URL(authServerUrl)
    const tls = readTlsSettings({ validateTls, ca: tlsFile(tlsCa, `tls_ca of "${name}"`) })
    const proxy = chooseProxy(origin, undefined, this.#options.environment)
    const pool = new SocketPool({ origin, size: tokenPoolSize, tls, proxy })
    this.#pools.set(name, pool)
    return pool
  }
}

/** The name of its definition, and everything else that a token depends on; it tells none of that. */
function keyOf(definition: OAuthDefinition, scopes: string): string {
  const all = JSON.stringify([definition, scopes])
  return tokenKeyPrefix(definition.name) + createHash('sha256').update(all).digest('base64')
}
