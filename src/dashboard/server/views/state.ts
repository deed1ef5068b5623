import { basename } from 'node:path'
import { arch, platform, version as nodeVersion } from 'node:process'
import { version } from '../../../version.js'
import type { ReloadView, StateReply } from '../../shared/api.js'
import type { Backlog } from '../backlog.js'
import type { ProjectOnDisk } from '../project-on-disk.js'
import { environmentViews } from './environment.js'
import { type Facts, itemsOf } from './facts.js'

export interface StateParts {
  readonly backlog: Backlog
  /** Of the dashboard. */
  readonly url: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly epoch: string
  readonly lastSeq: number
}

const noTraces = { kept: 0, limit: 0, bytes: 0, byteLimit: 0 }

export async function stateView(facts: Facts, { backlog, url, ...parts }: StateParts): Promise<StateReply> {
  const { disk, server, revision, problems } = facts
  const { inside } = server
  const { kept, limit, bytes, byteLimit } = server.traces?.size ?? noTraces
  return {
    version,
    node: nodeVersion,
    platform: `${platform} ${arch}`,
    project: {
      name: server.project?.name ?? basename(disk.root),
      folder: disk.root,
      file: disk.shownFile(disk.options.file),
    },
    urls: { channels: server.url, dashboard: url },
    ...parts,
    revision,
    problems,
    ...(inside?.servedSince !== undefined && { runningSince: inside.servedSince }),
    isReloading: backlog.reloading !== undefined,
    reloads: backlog.reloads.map((reload) => reloadView(reload, facts.disk)),
    watched: (inside?.watched ?? []).map((file) => disk.shownFile(file)),
    environment: await environmentViews(facts),
    traces: { kept, limit, bytes, byteLimit },
    counts: {
      connections: itemsOf(facts, 'outgoing_rest').length,
      channels: itemsOf(facts, 'channel_rest').length,
      services: facts.sources.length,
    },
  }
}

export function reloadView(reload: ReloadView, disk: ProjectOnDisk): ReloadView {
  return { ...reload, files: reload.files.map((file) => disk.shownFile(file)) }
}
