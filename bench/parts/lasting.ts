import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { startUpstream } from '../harness/nginx.js'
import { type TreeState, readTreeState } from '../harness/process-tree.js'
import { type SaveResult, addSaves } from '../harness/polls.js'
import { type Server, copyProject, startProduct } from '../harness/product.js'
import { firstAnswer } from '../harness/programs.js'
import { load } from '../harness/wrk.js'
import { smallReply } from './call-through-variants.js'
import { watchingProduct } from './dev-servers.js'
import { measureSave } from './saving.js'

/** What a server has come to after so many requests or reloads. */
export interface Mark {
  readonly count: number
  readonly state: TreeState
}

/** A long run: before it, after half of it, and after all of it. */
export interface LongRun {
  readonly name: string
  readonly unit: 'requests' | 'reloads'
  readonly idle: Mark
  readonly half: Mark
  readonly all: Mark
}

interface Length {
  readonly count: number
  readonly say: (text: string) => void
}

/** Sends at least so many requests through a channel and a service to the upstream. */
export async function runRequests({ watch, count, say }: Length & { watch: boolean }): Promise<LongRun> {
  const name = watch ? 'zato-ts serve' : 'zato-ts serve --no-watch'
  const upstream = await startUpstream()
  try {
    return await withServer({ name, watch, upstream: upstream.url }, async (server) => {
      const idle = await mark(server, { count: 0 })
      const half = await loadUntil(count / 2, { server, say, done: 0, all: count })
      const stateAtHalf = await mark(server, { count: half, like: idle.state })
      const all = await loadUntil(count, { server, say, done: half, all: count })
      return {
        name,
        unit: 'requests',
        idle,
        half: stateAtHalf,
        all: await mark(server, { count: all, like: idle.state }),
      }
    })
  } finally {
    await upstream.stop()
  }
}

/** Of so many saves one has requests that begin before it and end after it. */
const crossingEvery = 5

/** Saves so often that a service changes, each time as soon as the last version has answered. */
export async function runReloads({ count, say }: Length): Promise<LongRun & Omit<SaveResult, 'servedMs'>> {
  const name = 'zato-ts serve'
  return withServer({ name, watch: true, upstream: 'http://127.0.0.1:9' }, async (server, project) => {
    const saves: SaveResult[] = []
    const saveUntil = async (last: number) => {
      while (saves.length < last) {
        const developed = { kind: watchingProduct, project, server }
        const crossing = saves.length % crossingEvery === 0
        saves.push(await measureSave(developed, saves.length + 1, { restMs: 0, crossing }))
        if (saves.length % 50 === 0) say(`Long run: ${saves.length} of ${count} reloads`)
      }
    }
    const idle = await mark(server, { count: 0 })
    await saveUntil(Math.floor(count / 2))
    const half = await mark(server, { count: saves.length, like: idle.state })
    await saveUntil(count)
    const all = await mark(server, { count: saves.length, like: idle.state })
    return { name, unit: 'reloads', idle, half, all, ...addSaves(saves) }
  })
}

interface ServerSpec {
  readonly name: string
  readonly watch: boolean
  readonly upstream: string
}

async function withServer<T>(spec: ServerSpec, use: (server: Server, project: string) => Promise<T>): Promise<T> {
  const project = copyProject('orders')
  const server = await startProduct({ ...spec, project })
  try {
    await firstAnswer(server, `${server.url}/version`)
    return await use(server, project)
  } finally {
    await server.stop()
  }
}

interface Progress extends Pick<Length, 'say'> {
  readonly server: Server
  readonly done: number
  readonly all: number
}

async function loadUntil(wanted: number, { server, say, done, all }: Progress): Promise<number> {
  let count = done
  while (count < wanted) {
    const { requests } = await load(server.url + smallReply.path('12345', 'pending'), {
      seconds: all > 100_000 ? 5 : 1,
    })
    count += requests
    say(`Long run: ${count} of ${all} requests, ${server.name}`)
  }
  return count
}

const longestCalmMs = 15_000
const betweenLooksMs = 200

/**
 * The state that a server has once it has come to rest: connections of the load and those to the upstream are closed, old
 * processes have ended, and the spare one has been started. If it is not again as it was before, that is what the mark shows.
 */
async function mark({ pid }: Server, { count, like }: { count: number; like?: TreeState }): Promise<Mark> {
  const looks: TreeState[] = []
  const deadline = performance.now() + longestCalmMs
  do {
    await wait(betweenLooksMs)
    looks.push(readTreeState(pid))
  } while (!isCalm(looks, like) && performance.now() < deadline)
  return { count, state: looks.at(-1) ?? readTreeState(pid) }
}

/** The last second brought nothing new. */
function isCalm(looks: readonly TreeState[], like: TreeState | undefined): boolean {
  const last = looks.slice(-5)
  const reference = like ?? last[0]
  return (
    last.length === 5 &&
    last.every(
      ({ processes, descriptors }) => processes === reference?.processes && descriptors === reference.descriptors,
    )
  )
}
