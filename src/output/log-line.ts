import type { LogEntry, LogLevel } from '../log.js'
import { shortCid } from './call-lines.js'
import { escapeControls, escapeLine } from './escape.js'
import { type Style, style } from './style.js'
import { formatClock } from './units.js'

const levels: Readonly<Record<LogLevel, Style>> = {
  debug: style.dim,
  info: style.cyan,
  warn: style.yellow,
  error: style.red,
}

/** `10:42:07 warn  my.api.get-orders: Slow upstream {"ms":1200}  5f1c09e2`, one line unless the message has several. */
export function logLine({ time, level, message, service, cid, fields }: LogEntry): string {
  const from = service === undefined ? '' : `${style.dim(`${escapeLine(service)}:`)} `
  const facts = fields === undefined ? '' : ` ${style.dim(escapeLine(JSON.stringify(fields)))}`
  const short = cid === undefined ? '' : `  ${style.dim(shortCid(cid))}`
  const [first = '', ...rest] = escapeControls(message).split('\n')
  const head = `${style.dim(formatClock(time))} ${levels[level](level.padEnd(5))} ${from}${first}${facts}${short}`
  return [head, ...rest.map((line) => `  ${line}`)].join('\n')
}
