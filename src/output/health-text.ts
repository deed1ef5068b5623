import type { HealthEvent } from '../runtime/health/health-event.js'
import { statusText } from './call-lines.js'
import { escapeLine } from './escape.js'
import { style } from './style.js'
import type { Symbols } from './symbols.js'
import { formatDuration } from './units.js'

/** `✕ "Orders API" is down: 503 Service Unavailable, HEAD https://…`, `✓ "Orders API" is up again, after 3 min 5 s` */
export function healthText(event: HealthEvent, symbols: Symbols): string {
  const { connection, state, lastedMs, statusCode, method, url, error } = event
  const name = `"${escapeLine(connection)}"`
  if (state === 'up') {
    const after = lastedMs === undefined ? '' : `, after ${formatDuration(lastedMs)}`
    return `${style.green(symbols.ok)} ${name} is up again${after}`
  }
  const asked = method === undefined || url === undefined ? '' : `, ${method} ${url}`
  const reason = error ? `${error.code} ${error.message}` : statusText(statusCode ?? 0) + asked
  return `${style.red(symbols.fail)} ${name} is down: ${escapeLine(reason)}`
}
