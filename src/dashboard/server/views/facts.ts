import type { WrittenItem } from '../../../project/as-written.js'
import type { SectionName } from '../../../project/sections.js'
import type { RunningServer } from '../../../runtime/server.js'
import { type TraceStats, noStats } from '../../../trace/stats.js'
import type { ItemView, ProblemView, StatsView } from '../../shared/api.js'
import type { ProjectOnDisk, Snapshot } from '../project-on-disk.js'
import type { ServiceSource, ServiceSources } from '../service-sources.js'
import { problemViews, unitedProblems } from './problems.js'

/** Everything that views are made of, gathered once for each request. */
export interface Facts extends Snapshot {
  readonly disk: ProjectOnDisk
  readonly server: RunningServer
  readonly problems: readonly ProblemView[]
  readonly stats: TraceStats
  readonly sources: readonly ServiceSource[]
}

const none: TraceStats = { connections: new Map(), channels: new Map(), services: new Map() }

export async function gatherFacts(
  server: RunningServer,
  { disk, services }: { disk: ProjectOnDisk; services: ServiceSources },
): Promise<Facts> {
  const snapshot = await disk.read()
  const { items } = snapshot.written
  const problems = unitedProblems(server.inside?.problems ?? [], snapshot.read.problems)
  const names = items.filter(({ section }) => section === 'outgoing_rest').map(({ name }) => name)
  return {
    ...snapshot,
    disk,
    server,
    problems: problemViews(problems, { disk, items }),
    stats: server.traces?.stats() ?? none,
    sources: await services.read(server.inside?.services ?? [], names),
  }
}

export function itemsOf({ written }: Facts, section: SectionName): readonly WrittenItem[] {
  return written.items.filter((item) => item.section === section)
}

/** What all items have in common. */
export function itemView({ section, name, fields, file, line }: WrittenItem, facts: Facts): ItemView {
  const isOwn = ({ item }: ProblemView) => item?.section === section && item.name === name
  return {
    name,
    ...(typeof fields.description === 'string' && { description: fields.description }),
    isActive: fields.is_active !== false,
    fields,
    file: facts.disk.shownFile(file),
    line,
    problems: facts.problems.filter(isOwn),
  }
}

/** The name of the security definition that a field refers to, and its type, if there is one. */
export function securityView({ fields }: WrittenItem, facts: Facts): { name: string; type?: string } | undefined {
  const { security: name } = fields
  if (typeof name !== 'string' || name === '') return undefined
  const type = itemsOf(facts, 'security').find((item) => item.name === name)?.fields.type
  return { name, ...(typeof type === 'string' && { type }) }
}

export function statsOf(kind: keyof TraceStats, name: string, { stats }: Facts): StatsView {
  return stats[kind].get(name) ?? noStats
}

/** A field's text, or what stands for it. */
export function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}
