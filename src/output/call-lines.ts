import { STATUS_CODES } from 'node:http'
import type { Phase } from '../trace/events.js'
import { escapeLine } from './escape.js'
import { statusStyle, style } from './style.js'
import type { Symbols } from './symbols.js'
import { count, formatDuration, formatSize } from './units.js'

const phases: readonly Phase[] = ['queued', 'dns', 'connect', 'tls', 'send', 'wait', 'receive']

export interface SentLine {
  readonly method: string
  /** Redacted. */
  readonly url: string
}

export interface ReceivedLine {
  readonly cid: string
  readonly statusCode: number
  readonly size: number
  readonly elapsedMs: number
  readonly attempts: number
  readonly phases: Times
}

/** Milliseconds in the phases of a call: those of its last attempt, `queued` counted from the begin of the call. */
type Times = Readonly<Partial<Record<Phase, number>>>

/** `→ GET https://api.example.com/customers/12345/orders` */
export function sentLine({ method, url }: SentLine, symbols: Symbols): string {
  return `${style.dim(symbols.to)} ${style.bold(method)} ${escapeLine(url)}`
}

/** `← 200 OK  1.2 KB  84 ms  (dns 9, connect 12, wait 41)  cid 5f1c09e2` */
export function receivedLine(reply: ReceivedLine, symbols: Symbols): string {
  const status = statusStyle(reply.statusCode)(statusText(reply.statusCode))
  const facts = [formatSize(reply.size), formatDuration(reply.elapsedMs)]
  const timing = phasesText(reply.phases, reply.attempts)
  const dim = [...(timing === '' ? [] : [`(${timing})`]), `cid ${shortCid(reply.cid)}`]
  return `${style.dim(symbols.from)} ${status}  ${facts.join('  ')}  ${style.dim(dim.join('  '))}`
}

/** `dns 9, connect 12`: milliseconds in the phases that took any; `earlier attempts 571, wait 81` after a retry. */
export function phasesText(times: Times, attempts = 1): string {
  return phases
    .flatMap((phase) => {
      const name = phase === 'queued' && attempts > 1 ? 'earlier attempts' : phase
      return (times[phase] ?? 0) < 0.5 ? [] : [`${name} ${Math.round(times[phase] ?? 0)}`]
    })
    .join(', ')
}

/** One line a phase, for `-v`. */
export function phaseLines(times: Times, attempts = 1): string[] {
  return phases.flatMap((phase) => {
    const ms = times[phase]
    if (ms === undefined) return []
    const isWaiting = phase === 'queued' && attempts > 1
    const [name, note] = isWaiting
      ? ['before', `: ${count(attempts - 1, 'earlier attempt')}, and the waits`]
      : [phase, '']
    return [style.dim(`  ${name.padEnd(8)} ${formatDuration(ms)}${note}`)]
  })
}

/** `200 OK`; the number alone if it has no name. */
export function statusText(statusCode: number): string {
  const reason = STATUS_CODES[statusCode]
  return reason === undefined ? String(statusCode) : `${statusCode} ${reason}`
}

/** As much of a cid as tells it apart on a screen. */
export function shortCid(cid: string): string {
  return escapeLine(cid).slice(0, 8)
}
