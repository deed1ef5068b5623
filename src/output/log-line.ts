import type { LogEntry, LogFields, LogLevel } from '../log.js'
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

/**
 * `10:42:07 warn  my.api.get-orders: Slow upstream {"ms":1200}  5f1c09e2`; further lines of a message, and the lines of a
 * stack, stand under it.
 */
export function logLines(
  { time, level, message, service, cid, fields = {} }: LogEntry,
  formatTime: (time: number) => string = formatClock,
): string[] {
  const { line, below } = splitFields(fields)
  const [first = '', ...rest] = escapeControls(message).split('\n')
  const head = [
    style.dim(formatTime(time)),
    levels[level](level.padEnd(5)),
    ...(service === undefined ? [] : [style.dim(`${escapeLine(service)}:`)]),
    first,
    ...(line === '' ? [] : [style.dim(line)]),
    ...(cid === undefined ? [] : [` ${style.dim(shortCid(cid))}`]),
  ]
  return [head.join(' '), ...rest.map((text) => `  ${text}`), ...below.map((text) => style.dim(`  ${text}`))]
}

/** Text of several lines, such as a stack, stands below; everything else is one JSON object on the line. */
function splitFields(fields: LogFields): { line: string; below: string[] } {
  const entries = Object.entries(fields)
  const isBlock = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && entry[1].includes('\n')
  const short = entries.filter((entry) => !isBlock(entry))
  return {
    line: short.length === 0 ? '' : escapeLine(JSON.stringify(Object.fromEntries(short))),
    below: entries.filter(isBlock).flatMap(([, text]) => escapeControls(text).split('\n')),
  }
}
