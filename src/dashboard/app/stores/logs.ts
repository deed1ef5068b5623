import { signal } from '@preact/signals'
import type { LogLine, LogsReply } from '../../shared/api.js'
import { type ApiProblem, problemOf, request } from '../core/client.js'
import { token } from '../core/token.js'
import { onEvents } from './live.js'

const most = 5_000

export const logs = signal<readonly LogLine[]>([])
export const areLogsLoaded = signal(false)
export const logsRemoved = signal(0)
export const logsProblem = signal<ApiProblem | undefined>(undefined)

export function startLogs(): void {
  token.subscribe((value) => {
    if (value !== '') void loadLogs()
  })
  onEvents((events) => {
    if (events.some(({ type }) => type === 'resync')) void loadLogs()
    const lines = events.flatMap((event) => (event.type === 'log' ? [event.line] : []))
    if (lines.length > 0) add(lines)
  })
}

export async function loadLogs(): Promise<void> {
  try {
    const { lines, removed } = await request<LogsReply>('GET', '/logs')
    logs.value = lines.slice(-most)
    logsRemoved.value = removed
    logsProblem.value = undefined
    areLogsLoaded.value = true
  } catch (error) {
    logsProblem.value = problemOf(error)
  }
}

function add(lines: readonly LogLine[]): void {
  const last = logs.peek().at(-1)?.seq ?? -1
  const next = [...logs.peek(), ...lines.filter(({ seq }) => seq > last)]
  logsRemoved.value += Math.max(0, next.length - most)
  logs.value = next.slice(-most)
}
