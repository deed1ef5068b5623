import type { Token } from '../outgoing/oauth/token.js'
import { redacted } from '../redact.js'
import { escapeLine } from './escape.js'
import { style } from './style.js'
import type { Terminal } from './terminal.js'
import { formatClock, formatDuration } from './units.js'
import { pad, wrap } from './width.js'

/** A token that was fetched, and what is known of it. Of the token itself nothing is ever shown but its length. */
export interface ShownToken {
  /** Name of the security definition. */
  readonly definition: string
  /** Redacted. */
  readonly endpoint: string
  readonly token: Token
  /** Scopes that it has. */
  readonly granted: string
  readonly asked: string
  readonly tookMs: number
}

/** Writes what is known of a token: aligned on a screen, with tabs in a pipe. */
export function writeToken(terminal: Terminal, shown: ShownToken): void {
  const rows = rowsOf(shown)
  const title = `token of ${shown.definition}`
  if (!terminal.isTTY) {
    for (const [name, text] of [['definition', shown.definition], ...rows]) terminal.write(`${name}\t${text}\n`)
    return
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  terminal.line(style.bold(escapeLine(title)))
  for (const [name, text] of rows) {
    const lines = wrap(escapeLine(text), Math.max(20, terminal.width - width - 4))
    lines.forEach((line, index) => {
      terminal.line(`  ${style.cyan(pad(index === 0 ? name : '', width))}  ${line}`)
    })
  }
}

/** The same as JSON has it. */
export function tokenDocument({ definition, endpoint, token, granted, asked, tookMs }: ShownToken) {
  const { lifeMs, expires } = token
  return {
    ...{ definition, endpoint, type: typeOf(token), token: redacted, length: secretOf(token).length },
    ...{ scopes: granted, askedScopes: asked },
    expiresInSeconds: lifeMs === undefined ? null : Math.round(lifeMs / 1000),
    renewsAt: expires === undefined ? null : new Date(expires.wall).toISOString(),
    tookMs: Math.round(tookMs * 10) / 10,
  }
}

function rowsOf({ endpoint, token, granted, asked, tookMs }: ShownToken): [name: string, text: string][] {
  const scopes = granted === '' ? 'those that the server gives by itself' : granted
  return [
    ['endpoint', `POST ${endpoint}`],
    ['type', typeOf(token)],
    ['token', `${redacted}, ${secretOf(token).length} characters`],
    ['scopes', granted === asked ? scopes : `${scopes} (asked for: ${asked || 'none'})`],
    ['expires', expiryOf(token)],
    ['took', formatDuration(tookMs)],
  ]
}

function expiryOf({ lifeMs, expires }: Token): string {
  if (lifeMs === undefined || !expires) return 'the server does not say: it is used until an API answers 401'
  return `in ${formatDuration(lifeMs)}; calls fetch a new one from ${formatClock(expires.wall)} on`
}

function typeOf({ authorization }: Token): string {
  return authorization.slice(0, authorization.indexOf(' '))
}

function secretOf({ authorization }: Token): string {
  return authorization.slice(authorization.indexOf(' ') + 1)
}
