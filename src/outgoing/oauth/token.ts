/** A token of an authorization server, and how long it may be used. Plain data: it can cross a process. */
export interface Token {
  /** What a call sends as `Authorization`, the scheme included. */
  readonly authorization: string
  /** Undefined if the server does not say. */
  readonly expires: Moment | undefined
  /** How long the server lets it live, in milliseconds; undefined if it does not say. */
  readonly lifeMs?: number | undefined
  /** The scopes that the server says it has; undefined if it says none, which means those that were asked for. */
  readonly scope?: string | undefined
}

/**
 * A point in time on both clocks, in milliseconds: that of the wall may be set back or forward, and that of the machine
 * stands still while it sleeps. Processes of one machine share both.
 */
export interface Moment {
  readonly wall: number
  readonly monotonic: number
}

/** What must be shown nowhere of something that is kept, if it is a token: what follows the scheme. */
export function credentialOf(kept: unknown): string | undefined {
  const { authorization } = (kept ?? {}) as Partial<Token>
  return authorization?.slice(authorization.indexOf(' ') + 1)
}

export type Clock = () => Moment

export const clock: Clock = () => ({ wall: Date.now(), monotonic: Number(process.hrtime.bigint() / 1_000_000n) })

/** A token is fetched anew this long before it expires, or after nine tenths of its life if that is later. */
const longestMarginMs = 30_000

/** When a token of this life has to be replaced. */
export function expiryOf(lifeMs: number, { wall, monotonic }: Moment): Moment {
  const usableMs = lifeMs - Math.min(longestMarginMs, lifeMs / 10)
  return { wall: wall + usableMs, monotonic: monotonic + usableMs }
}

/** Whether a token has to be replaced, as soon as one of the clocks says so. */
export function isExpired({ expires }: Token, now: Moment): boolean {
  return expires !== undefined && (now.wall >= expires.wall || now.monotonic >= expires.monotonic)
}

/** What the keys begin with under which tokens are kept: those of one definition, or of all. */
export function tokenKeyPrefix(definition?: string): string {
  return definition === undefined ? 'token ' : `token ${JSON.stringify(definition)} `
}
