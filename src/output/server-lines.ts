import type { Problem } from '../project/problem.js'
import type { ServerEvent } from '../runtime/events.js'
import type { CallEvent } from '../trace/events.js'
import { phasesText } from './call-lines.js'
import { escapeLine } from './escape.js'
import { healthText } from './health-text.js'
import type { RepeatableLine } from './line-queue.js'
import { countProblems, renderProblems, shownPath } from './problems.js'
import { type RequestLineEvent, requestKey, requestLine } from './request-line.js'
import { statusStyle, style } from './style.js'
import type { Symbols } from './symbols.js'
import { count, formatClock, formatDayAndClock, formatDuration } from './units.js'

export interface ServerLook {
  readonly symbols: Symbols
  readonly cwd: string
  /** Columns of the screen, as they are now; undefined where lines are kept. */
  readonly columns: () => number | undefined
  /** Calls that succeeded too. */
  readonly verbose: boolean
  /** Problems only. */
  readonly quiet: boolean
}

/** What one event has to say. */
export interface Shown {
  readonly lines: readonly string[]
  /** It is about the server, not about one request of many. */
  readonly mustStay?: boolean
}

/** Calls of one request are told under it. More than this many requests at once, and the oldest are told by themselves. */
const mostWaiting = 1000

/** More calls of one request than that are only counted. */
const mostCalls = 20

/** Calls of a request that has not ended. */
interface CallsOfRequest {
  readonly first: CallEvent[]
  more: number
}

/** Turns what a server tells into lines for people. */
export class ServerLines {
  readonly #look: ServerLook
  readonly #calls = new Map<string, CallsOfRequest>()
  #hasProblems = false
  /** Whether a version of the project has ever answered. */
  #hasServed = false
  requests = 0
  failed = 0

  constructor(look: ServerLook) {
    this.#look = look
  }

  /** Time of day; with the day where lines are kept. */
  readonly clock = (time: number): string =>
    this.#look.columns() === undefined ? formatDayAndClock(time) : formatClock(time)

  /** The lines of one event; none for what need not be told. */
  show(event: ServerEvent, time: number): Shown | RepeatableLine {
    switch (event.type) {
      case 'request':
        return this.#request(event, time)
      case 'call':
        return { lines: this.#call(event) }
      case 'ready':
        this.#hasServed ||= !this.#hasProblems || event.services > 0
        return { lines: [] }
      case 'reloading':
      // The log has a line about it, with all there is to know.
      case 'died':
        return { lines: [] }
      case 'health':
        return { lines: event.changed ? [this.line(time, healthText(event, this.#look.symbols))] : [], mustStay: true }
      default:
        return { lines: this.#news(event, time), mustStay: true }
    }
  }

  /** A line of our own with its time before it: `10:42:07 ! text`. */
  line(time: number, text: string): string {
    return `${style.dim(this.clock(time))} ${text}`
  }

  #news(
    event: Extract<ServerEvent, { type: 'problems' | 'recovered' | 'reloaded' | 'moved' }>,
    time: number,
  ): string[] {
    const { symbols } = this.#look
    switch (event.type) {
      case 'problems':
        return this.#problems(event.problems, time)
      case 'recovered':
        this.#hasProblems = false
        this.#hasServed = true
        return [this.line(time, `${style.green(symbols.ok)} recovered: what is on disk is served again`)]
      case 'reloaded':
        return this.#reloaded(event, time)
      case 'moved':
        return [this.line(time, `${style.cyan(symbols.to)} listening on ${style.bold(event.url)}`)]
    }
  }

  #request(event: RequestLineEvent, time: number): Shown | RepeatableLine {
    this.requests += 1
    if (event.statusCode >= 500) this.failed += 1
    const calls = this.#calls.size === 0 ? undefined : this.#calls.get(event.cid)
    if (calls) this.#calls.delete(event.cid)
    const { quiet, symbols, columns } = this.#look
    if (quiet && event.statusCode < 500) return { lines: [] }
    const render = (times: number) =>
      requestLine(event, { symbols, columns: columns(), clock: this.clock(time), times })
    if (!calls) return { key: requestKey(event), render }
    return { lines: [render(1), ...callLines(calls, symbols)] }
  }

  #call(event: CallEvent): string[] {
    const isOk = event.error === undefined && (event.statusCode ?? 500) < 400
    if (isOk && !this.#look.verbose) return []
    const calls = this.#calls.get(event.cid) ?? { first: [], more: 0 }
    if (calls.first.length < mostCalls) calls.first.push(event)
    else calls.more += 1
    this.#calls.set(event.cid, calls)
    const [oldest] = this.#calls
    if (this.#calls.size <= mostWaiting || oldest === undefined) return []
    this.#calls.delete(oldest[0])
    return callLines(oldest[1], this.#look.symbols)
  }

  #problems(problems: readonly Problem[], time: number): string[] {
    const { symbols, cwd, columns } = this.#look
    if (problems.length === 0) {
      const had = this.#hasProblems
      this.#hasProblems = false
      return had ? [this.line(time, `${style.green(symbols.ok)} no problems left`)] : []
    }
    this.#hasProblems = true
    const isBroken = problems.some(({ scope, severity }) => scope === 'project' && severity === 'error')
    const note = isBroken && this.#hasServed ? ': the last good version goes on serving' : ''
    const sign = isBroken ? style.red(symbols.fail) : style.yellow(symbols.warn)
    return [
      this.line(time, `${sign} ${countProblems(problems)}${note}`),
      '',
      ...renderProblems(problems, cwd, columns()),
    ]
  }

  #reloaded({ files, ms }: Extract<ServerEvent, { type: 'reloaded' }>, time: number): string[] {
    const { symbols, cwd, quiet } = this.#look
    this.#hasServed = true
    if (quiet) return []
    const changed = listFiles(files, cwd)
    const what = changed === '' ? 'reloaded' : `${changed} changed, reloaded`
    return [this.line(time, `${style.cyan(symbols.again)} ${what} in ${formatDuration(ms)}`)]
  }
}

function callLines({ first, more }: CallsOfRequest, symbols: Symbols): string[] {
  const lines = first.map((call) => callLine(call, symbols))
  return more === 0 ? lines : [...lines, `         ${style.dim(symbols.sub)} and ${more} more calls`]
}

/** `↳ ✕ 502 GET Orders API, 1.21 s (wait 870)`, `↳ ✕ ZN102 GET Orders API, 4 ms (connect 1): what failed` */
function callLine(event: CallEvent, symbols: Symbols): string {
  const { statusCode, error, connection, attempts, elapsedMs, method } = event
  const look = statusStyle(statusCode)
  const sign = error || (statusCode ?? 500) >= 400 ? symbols.fail : symbols.ok
  const result = error ? error.code : String(statusCode)
  const reason = error ? `: ${escapeLine(error.message)}` : ''
  const timing = phasesText(event.phases, event.attempts)
  const facts = [
    `${escapeLine(method)} ${escapeLine(connection)}`,
    ...(attempts > 1 ? [count(attempts, 'attempt')] : []),
    formatDuration(elapsedMs) + (timing === '' ? '' : ` (${timing})`),
  ]
  return `         ${style.dim(symbols.sub)} ${look(sign)} ${look(result)} ${facts.join(', ')}${reason}`
}

/** What editors write on the way to a file, such as `a.ts~` or `4913`. */
const isSource = (file: string) => /\.([cm]?[jt]sx?|json|ya?ml)$|[/\\]\.env[^/\\]*$/.test(file)

function listFiles(all: readonly string[], cwd: string): string {
  const sources = all.filter(isSource)
  const files = sources.length > 0 ? sources : all
  const shown = files.slice(0, 3).map((file) => shownPath(file, cwd))
  return shown.join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : '')
}
