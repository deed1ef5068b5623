import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { makeFolder } from '../harness/folder.js'
import { Poller } from '../harness/poller.js'
import { type SaveResult, addCrossing, judgeSave } from '../harness/polls.js'
import type { Server } from '../harness/product.js'
import { SlowRequest } from '../harness/slow-request.js'
import { type DevServer, save } from './dev-servers.js'

/** A development server that is running, with its project. */
export interface Developed {
  readonly name: string
  readonly kind: DevServer
  readonly project: string
  readonly server: Server
}

export interface SaveOptions {
  /** What a save set off has come to rest by then. */
  readonly restMs?: number
  /** Whether two more requests, one over a kept connection and one over a new one, begin before the save and end after it. */
  readonly crossing?: boolean
}

/** Nobody saves faster than this, and what a save set off has come to rest by then. */
const usualRestMs = 300

type Saved = Pick<Developed, 'kind' | 'project' | 'server'>

/** Saves a new version while two pollers ask for it, one over kept connections and one over new ones. */
export async function measureSave(
  { kind, project, server }: Saved,
  version: number,
  { restMs = usualRestMs, crossing = false }: SaveOptions = {},
): Promise<SaveResult> {
  const url = `${server.url}/version`
  const pollers = [new Poller(url, { keepAlive: true }), new Poller(url, { keepAlive: false })]
  await Promise.all(pollers.map((poller) => poller.until(version - 1)))
  const slow = crossing ? await beginSlow({ kind, server }) : undefined
  const savedAt = performance.now()
  save(kind, project, version)
  await Promise.all(pollers.map((poller) => poller.until(version)))
  await wait(restMs)
  const polls = await Promise.all(pollers.map((poller) => poller.stop()))
  return addCrossing(judgeSave(polls.flat(), { savedAt, version }), (await slow?.end()) ?? [], { version: version - 1 })
}

/** Requests whose replies begin now, and end once they are told to. */
async function beginSlow({ kind, server }: Pick<Saved, 'kind' | 'server'>) {
  if (kind.slowPath === undefined) throw new Error(`${kind.name} has no slow path`)
  const gate = join(makeFolder('gate'), 'open')
  const url = `${server.url}${kind.slowPath}?until=${encodeURIComponent(gate)}`
  const warmUp = `${server.url}/version`
  const requests = await Promise.all([true, false].map((kept) => SlowRequest.begin(url, { kept, warmUp })))
  return {
    async end(): Promise<readonly (number | undefined)[]> {
      writeFileSync(gate, '')
      const versions = await Promise.all(requests.map((one) => one.version()))
      rmSync(gate)
      return versions
    },
  }
}
