import { computed, effect, signal } from '@preact/signals'
import { matches, parseFilter } from '../../../trace/filter.js'
import type { ServerEvent, TracesReply } from '../../shared/api.js'
import { type ApiProblem, problemOf, request } from '../core/client.js'
import { token } from '../core/token.js'
import { onEvents } from './live.js'
import { applyEvents, listOf, lowestId, newIds, noTraces, showHeld, withOlder } from './trace-list.js'

const page = 200
/** New traces in a second above which they wait to be shown. */
const flood = 60

export const traces = signal(noTraces)
export const isLoaded = signal(false)
export const problem = signal<ApiProblem | undefined>(undefined)
export const filter = signal('')
export const isPaused = signal(false)
/** Whether the list shows its first row. */
export const isAtTop = signal(true)
export const isFlooded = signal(false)
export const filterProblems = computed(() => parseFilter(filter.value).problems)

/** Pings of the dashboard are left out unless they are asked for. */
const terms = computed(() => parseFilter(effective(filter.value)).terms)

let turn = 0
let opened: number[] = []
let calm: ReturnType<typeof setTimeout> | undefined

/** The list follows the filter, the token and the server's events. */
export function startTraces(): void {
  effect(() => {
    const asked = { token: token.value, filter: filter.value }
    if (asked.token !== '') void loadTraces()
  })
  onEvents(receive)
}

export async function loadTraces(): Promise<void> {
  turn += 1
  const mine = turn
  try {
    const reply = await ask(undefined)
    if (mine !== turn) return
    traces.value = listOf(reply)
    problem.value = undefined
    isLoaded.value = true
  } catch (error) {
    if (mine === turn) problem.value = problemOf(error)
  }
}

export async function loadOlder(): Promise<void> {
  const mine = turn
  const reply = await ask(lowestId(traces.peek()))
  if (mine === turn) traces.value = withOlder(traces.peek(), reply)
}

export function release(): void {
  traces.value = showHeld(traces.peek())
}

export function setPaused(value: boolean): void {
  isPaused.value = value
  if (!value) release()
}

function ask(before: number | undefined): Promise<TracesReply> {
  const query = new URLSearchParams({ limit: String(page) })
  const wanted = effective(filter.peek())
  if (wanted !== '') query.set('filter', wanted)
  if (before !== undefined) query.set('before', String(before))
  return request('GET', `/traces?${query}`)
}

function effective(text: string): string {
  return /(^|\s)-?kind:/.test(text) ? text : `${text} -kind:ping`.trim()
}

function receive(events: readonly ServerEvent[]): void {
  if (events.some(({ type }) => type === 'resync')) {
    void loadTraces()
    return
  }
  const now = Date.now()
  const news = newIds(traces.peek(), events)
  opened = [...opened.filter((at) => at > now - 1000), ...news.map(() => now)]
  isFlooded.value = opened.length > flood
  clearTimeout(calm)
  if (isFlooded.peek()) calm = setTimeout(settle, 1000)
  const isHeld = isPaused.peek() || !isAtTop.peek() || isFlooded.peek()
  const wanted = terms.peek()
  const next = applyEvents(traces.peek(), events, { isHeld, matches: (trace) => matches(wanted, trace) })
  traces.value = isHeld || next.held.length === 0 ? next : showHeld(next)
}

/** A second without anything new: what had to wait is shown, unless the user reads something else. */
function settle(): void {
  isFlooded.value = false
  if (!isPaused.peek() && isAtTop.peek()) release()
}
