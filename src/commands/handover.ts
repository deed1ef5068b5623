import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Project } from '../project/project.js'
import type { RecordedHere } from '../runtime/record-here.js'
import type { TraceStart } from '../trace/live-trace.js'
import type { DashboardClient } from './trace/source.js'

/** How long handing a trace over may take: it is a courtesy, and nobody waits for it. */
const handoverMs = 50

/** What is recorded for a server of the project that runs beside this command. */
export interface Handover {
  readonly record: RecordedHere
  /** Hands over what was recorded. Never rejects. */
  finish(): Promise<void>
}

/** Finds a server of the project that shows traces. Gives what begins a recording for it; undefined if there is none. */
export async function handoverTo(
  project: Project,
): Promise<((start: Omit<TraceStart, 'startedAt' | 'source'>) => Handover) | undefined> {
  // Most commands run beside none, and must not wait for what the others need.
  const records = await readdir(join(dirname(project.file), '.zato', 'servers')).catch(() => [])
  if (records.length === 0) return undefined
  const { findDashboard } = await import('./trace/source.js')
  const server = await findDashboard(project.file).catch(() => undefined)
  if (!server) return undefined
  const { RecordedHere } = await import('../runtime/record-here.js')
  return (start) => {
    const record = new RecordedHere(project, start)
    return { record, finish: () => hand(server, record) }
  }
}

async function hand(server: DashboardClient, { trace }: RecordedHere): Promise<void> {
  await server.tell('/traces', { trace }, handoverMs).catch(() => undefined)
}
