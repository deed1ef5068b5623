import type { LiveTrace } from './live-trace.js'
import type { TraceResult } from './record.js'

/** What the kept traces say of one connection, channel or service: of the last minutes, and what came last. */
export interface ItemStats {
  readonly count: number
  readonly errors: number
  readonly p50Ms?: number | undefined
  readonly p95Ms?: number | undefined
  readonly last?: { readonly at: number; readonly result: string; readonly ms: number } | undefined
}

export interface TraceStats {
  readonly connections: ReadonlyMap<string, ItemStats>
  readonly channels: ReadonlyMap<string, ItemStats>
  readonly services: ReadonlyMap<string, ItemStats>
}

export const noStats: ItemStats = { count: 0, errors: 0 }

interface Sample {
  readonly at: number
  readonly ms: number
  readonly result: string
  readonly isError: boolean
}

type Samples = Map<string, Sample[]>

/** @param since milliseconds since 1970: what began before counts as the last result only */
export function statsOf(traces: Iterable<LiveTrace>, since: number): TraceStats {
  const connections: Samples = new Map()
  const channels: Samples = new Map()
  const services: Samples = new Map()
  for (const { start, spans } of traces) {
    for (const { kind, name, startMs, durationMs, status, error } of spans) {
      const samples =
        kind === 'call' ? connections : kind === 'channel' ? channels : kind === 'service' ? services : undefined
      if (!samples || durationMs === undefined) continue
      const result = error?.code ?? (status === undefined ? 'ok' : String(status))
      const isError = error !== undefined || (status ?? 0) >= 400
      const list = samples.get(name) ?? []
      samples.set(name, list)
      list.push({ at: start.startedAt + startMs, ms: durationMs, result, isError })
    }
  }
  return {
    connections: summed(connections, since),
    channels: summed(channels, since),
    services: summed(services, since),
  }
}

function summed(all: Samples, since: number): Map<string, ItemStats> {
  return new Map([...all].map(([name, samples]) => [name, sumUp(samples, since)]))
}

function sumUp(samples: readonly Sample[], since: number): ItemStats {
  const recent = samples.filter(({ at }) => at >= since)
  const sorted = recent.map(({ ms }) => ms).sort((a, b) => a - b)
  const last = samples.reduce((latest, one) => (one.at >= latest.at ? one : latest))
  return {
    count: recent.length,
    errors: recent.filter(({ isError }) => isError).length,
    p50Ms: atShare(sorted, 0.5),
    p95Ms: atShare(sorted, 0.95),
    last: { at: Math.round(last.at), result: last.result, ms: last.ms },
  }
}

/** The nearest rank. */
function atShare(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

/** In one word: `200`, `ZN201`, `died`. */
export function resultWord({ class: kind, status, code }: TraceResult): string {
  return status === undefined ? (code ?? kind) : String(status)
}
