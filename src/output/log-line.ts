import type { LogEntry, LogFields, LogLevel } from '../log.js'
import { shortCid } from './call-lines.js'
import { escapeControls, escapeLine } from './escape.js'
import { isFrame, toldLines } from './stack-lines.js'
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
  { time, level, message, service, cid: own, fields = {} }: LogEntry,
  formatTime: (time: number) => string = formatClock,
): string[] {
  // A line that is about one call, outside of a service, has its cid among the fields.
  const { cid: among, ...others } = fields
  const cid = own ?? (typeof among === 'string' ? among : undefined)
  const { line, below } = splitFields(cid === among ? others : fields, message)
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

/** Codes of errors that are none of ours. */
const unexpected = ['ZS500', 'ZS501']

/** Text of several lines and the stacks of errors stand below; everything else is one JSON object on the line. */
function splitFields(fields: LogFields, message: string): { line: string; below: string[] } {
  const entries = Object.entries(fields).map(([name, value]) => ({ name, value, block: blockOf(value) }))
  const short = entries.filter(({ block }) => block === undefined).map(({ name, value }) => [name, value] as const)
  const { code } = fields
  const isOwnError = typeof code === 'string' && !unexpected.includes(code)
  return {
    line: short.length === 0 ? '' : escapeLine(JSON.stringify(Object.fromEntries(short))),
    below: entries.flatMap(({ block }) =>
      block === undefined ? [] : withoutHead(toldLines(escapeControls(block), { isOwnError }), message),
    ),
  }
}

/** The text of a field that takes several lines; undefined if the field fits on one. */
function blockOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('\n') ? value : undefined
  if (!isErrorRecord(value)) return undefined
  const { stack, cause } = value
  return cause === undefined ? stack : `${stack}\n[cause]: ${blockOf(cause) ?? JSON.stringify(cause)}`
}

const errorKeys = ['name', 'message', 'stack', 'cause']

/** An error as a log line carries it. */
function isErrorRecord(value: unknown): value is { readonly stack: string; readonly cause?: unknown } {
  if (typeof value !== 'object' || value === null || !('stack' in value)) return false
  return typeof value.stack === 'string' && Object.keys(value).every((key) => errorKeys.includes(key))
}

/** The head of a stack repeats what the message has said. */
function withoutHead(lines: string[], message: string): string[] {
  const [head = '', ...rest] = lines
  const isRepeated = message !== '' && (message.endsWith(head) || head.endsWith(message))
  return isRepeated && rest.some(isFrame) ? rest : lines
}
