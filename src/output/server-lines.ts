import type { ServerEvent } from '../runtime/events.js'
import type { CallEvent } from '../trace/events.js'
import { phasesText, shortCid } from './call-lines.js'
import { escapeLine } from './escape.js'
import { countProblems, renderProblems, shownPath } from './problems.js'
import { statusStyle, style } from './style.js'
import type { Symbols } from './symbols.js'
import { count, formatClock, formatDuration } from './units.js'
import { pad } from './width.js'

type RequestLine = Extract<ServerEvent, { type: 'request' }>

export interface ServerLook {
  readonly symbols: Symbols
  readonly cwd: string
  readonly width: number
  /** Calls that succeeded too. */
  readonly verbose: boolean
  /** Problems only. */
  readonly quiet: boolean
}

/** Calls of one request are told under it. More than this many requests at once, and the oldest are told by themselves. */
const mostWaiting = 1000

/** Turns what a server tells into lines for people. */
export class ServerLines {
  readonly #look: ServerLook
  readonly #calls = new Map<string, CallEvent[]>()
  #hasProblems = false
  /** Whether a version of the project has ever answered. */
  #hasServed = false
  requests = 0
  failed = 0

  constructor(look: ServerLook) {
    this.#look = look
  }

  /** The lines of one event; none for what need not be told. */
  lines(event: ServerEvent, time: number): string[] {
    const { symbols, cwd, quiet } = this.#look
    switch (event.type) {
      case 'request':
        return this.#request(event, time)
      case 'call':
        return this.#call(event)
      case 'problems':
        return this.#problems(event.problems, time)
      case 'recovered':
        this.#hasProblems = false
        this.#hasServed = true
        return [`${clock(time)} ${style.green(symbols.ok)} recovered: what is on disk is served again`]
      case 'reloaded': {
        this.#hasServed = true
        if (quiet) return []
        const files = listFiles(event.files, cwd)
        const what = files === '' ? 'reloaded' : `${files} changed, reloaded`
        return [`${clock(time)} ${style.cyan(symbols.again)} ${what} in ${formatDuration(event.ms)}`]
      }
      case 'moved':
        return [`${clock(time)} ${style.cyan(symbols.to)} listening on ${style.bold(event.url)}`]
      case 'died':
        return this.#died(event, time)
      case 'ready':
        this.#hasServed ||= !this.#hasProblems || event.services > 0
        return []
      case 'reloading':
        return []
    }
  }

  #request(event: RequestLine, time: number): string[] {
    this.requests += 1
    if (event.statusCode >= 500) this.failed += 1
    const calls = this.#calls.get(event.cid) ?? []
    this.#calls.delete(event.cid)
    if (this.#look.quiet && event.statusCode < 500) return []
    return [requestLine(event, time, this.#look), ...calls.map((call) => callLine(call, this.#look.symbols))]
  }

  #call(event: CallEvent): string[] {
    const isOk = event.error === undefined && (event.statusCode ?? 500) < 400
    if (isOk && !this.#look.verbose) return []
    const calls = this.#calls.get(event.cid) ?? []
    this.#calls.set(event.cid, [...calls, event])
    const [oldest] = this.#calls.keys()
    if (this.#calls.size <= mostWaiting || oldest === undefined) return []
    const waited = this.#calls.get(oldest) ?? []
    this.#calls.delete(oldest)
    return waited.map((call) => callLine(call, this.#look.symbols))
  }

  #problems(problems: Extract<ServerEvent, { type: 'problems' }>['problems'], time: number): string[] {
    const { symbols, cwd } = this.#look
    if (problems.length === 0) {
      const had = this.#hasProblems
      this.#hasProblems = false
      return had ? [`${clock(time)} ${style.green(symbols.ok)} no problems left`] : []
    }
    this.#hasProblems = true
    const isBroken = problems.some(({ scope, severity }) => scope === 'project' && severity === 'error')
    const note = isBroken && this.#hasServed ? ': the last good version goes on serving' : ''
    const sign = isBroken ? style.red(symbols.fail) : style.yellow(symbols.warn)
    return [`${clock(time)} ${sign} ${countProblems(problems)}${note}`, '', ...renderProblems(problems, cwd)]
  }

  #died({ reason, requests }: Extract<ServerEvent, { type: 'died' }>, time: number): string[] {
    const { symbols } = this.#look
    const head = `${clock(time)} ${style.red(symbols.fail)} ${style.red(`the services ${escapeLine(reason)}`)}`
    const lost = requests.map(
      ({ cid, service }) => `         ${symbols.sub} while running ${escapeLine(service)}  cid ${shortCid(cid)}`,
    )
    return [head, ...lost]
  }
}

/** `10:42:01 ✓ 201 POST /api/orders → create-order   88 ms  5f1c09e2` */
function requestLine(event: RequestLine, time: number, { symbols, width }: ServerLook): string {
  const { statusCode, aborted, method, service, cid } = event
  const look = statusStyle(aborted ? 499 : statusCode)
  const sign = aborted ? symbols.dash : statusCode >= 500 ? symbols.fail : statusCode >= 400 ? symbols.warn : symbols.ok
  const result = aborted ? 'gone' : String(statusCode)
  const target = service === undefined ? '' : ` ${style.dim(`${symbols.to} ${escapeLine(service)}`)}`
  const head = `${clock(time)} ${look(sign)} ${look(result)} ${style.bold(pad(escapeLine(method), 4))} ${escapeLine(event.path)}${target}`
  const tail = `${formatDuration(event.elapsedMs).padStart(8)}  ${style.dim(shortCid(cid))}`
  return `${pad(head, Math.min(width, 110) - 20)}  ${tail}`
}

/** `↳ ✕ 502 Orders API, 1.21 s (wait 870)` */
function callLine(event: CallEvent, symbols: Symbols): string {
  const { statusCode, error, connection, attempts, elapsedMs, method } = event
  const look = statusStyle(statusCode)
  const sign = error || (statusCode ?? 500) >= 400 ? symbols.fail : symbols.ok
  const result = error ? escapeLine(`${error.code} ${error.message}`) : String(statusCode)
  const timing = phasesText(event.phases)
  const facts = [
    `${method} ${escapeLine(connection)}`,
    ...(attempts > 1 ? [count(attempts, 'attempt')] : []),
    formatDuration(elapsedMs) + (timing === '' ? '' : ` (${timing})`),
  ]
  return `         ${style.dim(symbols.sub)} ${look(sign)} ${look(result)} ${facts.join(', ')}`
}

function listFiles(files: readonly string[], cwd: string): string {
  const shown = files.slice(0, 3).map((file) => shownPath(file, cwd))
  return shown.join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : '')
}

function clock(time: number): string {
  return style.dim(formatClock(time))
}
