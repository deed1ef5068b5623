import type { ServerEvent } from '../runtime/events.js'
import { shortCid } from './call-lines.js'
import { escapeLine } from './escape.js'
import { type Style, statusStyle, style } from './style.js'
import type { Symbols } from './symbols.js'
import { formatDuration } from './units.js'
import { displayWidth } from './width.js'

export type RequestLineEvent = Extract<ServerEvent, { type: 'request' }>

export interface RequestLineLook {
  readonly symbols: Symbols
  /** Columns of the screen; undefined where lines are kept, so that nothing is left out of them. */
  readonly columns: number | undefined
  /** The time of the line, as it is shown. */
  readonly clock: string
  /** How often it has come. */
  readonly times?: number
}

/** Beyond it, the end of a line is too far from its beginning to be read as one. */
const widest = 110

/**
 * `10:42:01 ✓ 201 POST /api/orders → create-order   88 ms  5f1c09e2`
 *
 * On a narrow screen the service is left out first, then the cid. The path never is: then the line wraps.
 */
export function requestLine(event: RequestLineEvent, look: RequestLineLook): string {
  const parts = partsOf(event, look)
  const room = look.columns ?? Infinity
  const fitting = [parts, withoutService(parts)].find((variant) => widthOf(variant) <= room) ?? withoutCid(parts)
  const gap = Math.min(room, widest) - widthOf(fitting)
  return textOf(fitting, Math.max(gap, 0))
}

/** Whether two requests differ in their time only. */
export function requestKey({ statusCode, aborted, method, path, service = '' }: RequestLineEvent): string {
  return `${statusCode}${aborted ? ' gone' : ''} ${method} ${path} ${service}`
}

interface Parts {
  readonly clock: string
  readonly sign: string
  readonly result: string
  readonly look: Style
  readonly method: string
  readonly path: string
  readonly arrow: string
  readonly service: string
  readonly elapsed: string
  readonly cid: string
  readonly times: string
}

function partsOf(event: RequestLineEvent, { symbols, clock, times = 1 }: RequestLineLook): Parts {
  const { statusCode, aborted, method, path, service, elapsedMs, cid } = event
  const sign = statusCode >= 500 ? symbols.fail : statusCode >= 400 ? symbols.warn : symbols.ok
  return {
    clock,
    sign: aborted ? symbols.dash : sign,
    result: aborted ? 'gone' : String(statusCode),
    look: statusStyle(aborted ? 499 : statusCode),
    method: escapeLine(method).padEnd(4),
    path: escapeLine(path),
    arrow: service === undefined ? '' : ` ${symbols.to} `,
    service: escapeLine(service ?? ''),
    elapsed: `  ${formatDuration(elapsedMs)}`,
    cid: `  ${shortCid(cid)}`,
    times: times > 1 ? `  (x${times})` : '',
  }
}

function withoutService(parts: Parts): Parts {
  return { ...parts, arrow: '', service: '' }
}

function withoutCid(parts: Parts): Parts {
  return { ...withoutService(parts), cid: '' }
}

/** Symbols are measured by themselves: text without them is measured at a glance. */
function widthOf({ clock, sign, result, method, path, arrow, service, elapsed, cid, times }: Parts): number {
  const text = `${clock}  ${result} ${method} ${elapsed}${cid}${times}`
  return displayWidth(text) + displayWidth(sign) + displayWidth(path) + displayWidth(arrow) + displayWidth(service)
}

function textOf(parts: Parts, gap: number): string {
  const { clock, sign, result, look, method, path, arrow, service, elapsed, cid, times } = parts
  const head = `${style.dim(clock)} ${look(`${sign} ${result}`)} ${style.bold(method)} ${path}`
  return `${head}${style.dim(arrow + service)}${' '.repeat(gap)}${elapsed}${style.dim(cid)}${times}`
}
