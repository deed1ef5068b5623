import type { Kept } from '../kept.js'
import { type Clock, type Token, isExpired } from './token.js'

export interface TokenSourceOptions {
  /** Names the definition and the scopes, with everything that a token depends on. */
  readonly key: string
  readonly kept: Kept
  /** Asks the server. */
  readonly fetch: () => Promise<Token>
  readonly clock: Clock
}

/**
 * The token of one definition and its scopes. However many calls want one, it is asked for once; one that could not be
 * fetched fails those who wait for it, and nobody else.
 */
export class TokenSource {
  readonly #options: TokenSourceOptions
  #fetching: Promise<Token> | undefined

  constructor(options: TokenSourceOptions) {
    this.#options = options
  }

  /** The current token, if it can still be used. */
  get current(): Token | undefined {
    const { clock } = this.#options
    const token = this.#kept
    return token && !isExpired(token, clock()) ? token : undefined
  }

  /** A token that can be used now. Rejects with what `fetch` rejects with. */
  token(): Promise<Token> {
    const { current } = this
    if (current) return Promise.resolve(current)
    return (this.#fetching ??= this.#fetch().finally(() => (this.#fetching = undefined)))
  }

  /** The server of an API did not accept a token: unless it has been replaced meanwhile, it is not used again. */
  drop(token: Token): void {
    const { key, kept } = this.#options
    if (this.#kept?.authorization === token.authorization) kept.set(key, undefined)
  }

  get #kept(): Token | undefined {
    const { key, kept } = this.#options
    return kept.get(key) as Token | undefined
  }

  async #fetch(): Promise<Token> {
    const { key, kept, fetch } = this.#options
    const token = await fetch()
    kept.set(key, token)
    return token
  }
}
