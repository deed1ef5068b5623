import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Poller } from '../harness/poller.js'
import { type SaveResult, judgeSave } from '../harness/polls.js'
import type { Server } from '../harness/product.js'
import { type DevServer, save } from './dev-servers.js'

/** A development server that is running, with its project. */
export interface Developed {
  readonly name: string
  readonly kind: DevServer
  readonly project: string
  readonly server: Server
}

/** Nobody saves faster than this, and what a save set off has come to rest by then. */
const usualRestMs = 300

/** Saves a new version while two pollers ask for it, one over kept connections and one over new ones. */
export async function measureSave(
  { kind, project, server }: Pick<Developed, 'kind' | 'project' | 'server'>,
  version: number,
  { restMs = usualRestMs } = {},
): Promise<SaveResult> {
  const url = `${server.url}/version`
  const pollers = [new Poller(url, { keepAlive: true }), new Poller(url, { keepAlive: false })]
  await Promise.all(pollers.map((poller) => poller.until(version - 1)))
  const savedAt = performance.now()
  save(kind, project, version)
  await Promise.all(pollers.map((poller) => poller.until(version)))
  await wait(restMs)
  const polls = await Promise.all(pollers.map((poller) => poller.stop()))
  return judgeSave(polls.flat(), { savedAt, version })
}
