import { type Clock, type Token, isExpired } from './token.js'

/** Where a token stays when the source of it is gone, such as over a reload. */
export interface TokenStore {
  get(key: string): Token | undefined
  set(key: string, token: Token | undefined): void
}

export interface TokenSourceOptions {
  /** Names the definition and the scopes, with everything that a token depends on. */
  readonly key: string
  readonly store: TokenStore
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
    const { key, store, clock } = this.#options
    const token = store.get(key)
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
    const { key, store } = this.#options
    if (store.get(key)?.authorization === token.authorization) store.set(key, undefined)
  }

  async #fetch(): Promise<Token> {
    const { key, store, fetch } = this.#options
    const token = await fetch()
    store.set(key, token)
    return token
  }
}
