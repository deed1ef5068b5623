import { join } from 'node:path'
import { ask } from '../harness/ask.js'
import { bundleInside } from '../harness/inside.js'
import { startUpstream } from '../harness/nginx.js'
import { readCpuMs } from '../harness/process-tree.js'
import { type Server, product, startProduct } from '../harness/product.js'
import { firstAnswer } from '../harness/programs.js'
import { inRounds } from '../harness/rounds.js'
import { runToEnd } from '../harness/run-to-end.js'
import { load } from '../harness/wrk.js'
import { watchingProduct } from './dev-servers.js'
import type { Part, Settings } from './part.js'
import { measureSave } from './saving.js'
import { makeScaleProject, scalePaths } from './scale-project.js'
import { type ScaledLoads, type ScaledSaves, type ScaledTimes, scaleFloors, scaleText } from './scale-report.js'

interface Project {
  readonly name: string
  readonly size: number
  readonly folder: string
}

interface Surroundings {
  readonly projects: readonly Project[]
  readonly upstream: string
  readonly settings: Settings
}

export const scale: Part = {
  name: 'scale',
  async run(settings) {
    const upstream = await startUpstream()
    try {
      const projects = [10, 1000, 10_000].map((size) => ({ name: String(size), size, folder: makeScaleProject(size) }))
      const surroundings = { projects, upstream: upstream.url, settings }
      const times = await measureTimes(surroundings)
      const [loads, saves] = await measureRunning(surroundings)
      return { title: 'Scale', text: scaleText(times, loads, saves), floors: scaleFloors(times, loads) }
    } finally {
      await upstream.stop()
    }
  },
}

async function measureTimes({ projects, upstream, settings }: Surroundings): Promise<ScaledTimes> {
  const rounds = settings.rounds ?? (settings.isQuick ? 2 : 5)
  const env = { UPSTREAM: upstream }
  const [readProject, route] = await Promise.all([bundleInside('read-project'), bundleInside('route')])
  const inside = async (script: string, folder: string) => {
    const args = [script, join(folder, 'zato.yaml')]
    const { stdout } = await runToEnd({ file: process.execPath, args, env })
    return JSON.parse(stdout) as Record<string, number>
  }
  return inRounds(projects, rounds, async ({ size, folder }, round) => {
    settings.say(`Scale: ${round + 1} of ${rounds}, loading ${size} channels and connections`)
    const read = await inside(readProject, folder)
    if (read.connections !== size)
      throw new Error(`The project has ${read.connections} connections in place of ${size}`)
    const routing = await inside(route, folder)
    const check = await runToEnd({ ...product(['-C', folder, 'check']), env })
    const server = await startProduct({ name: `${size} channels`, project: folder, upstream, watch: true })
    try {
      const [first = ''] = scalePaths(size)
      const { ms } = await firstAnswer(server, server.url + first)
      return {
        readMs: read.ms ?? Number.NaN,
        routerMs: routing.buildMs ?? Number.NaN,
        routeNs: routing.searchNs ?? Number.NaN,
        checkMs: check.ms,
        serveMs: ms,
      }
    } finally {
      await server.stop()
    }
  })
}

/** All of the load comes before the first save: a save starts a process, whose code has yet to be compiled. */
async function measureRunning({
  projects,
  upstream,
  settings,
}: Surroundings): Promise<readonly [ScaledLoads, ScaledSaves]> {
  const { isQuick, say, seconds = 1, rounds = isQuick ? 3 : 9 } = settings
  const running: (Project & { readonly server: Server })[] = []
  try {
    for (const project of projects) {
      const name = `${project.size} channels`
      const server = await startProduct({ name, project: project.folder, upstream, watch: true })
      running.push({ ...project, server })
      await warmUp(server, { paths: scalePaths(project.size), seconds: isQuick ? 1 : 4 })
    }
    const loads = await inRounds(running, rounds, async ({ size, server }, round) => {
      say(`Scale: round ${round + 1} of ${rounds}, calling through ${size} channels and connections`)
      const cpuBefore = readCpuMs(server.pid)
      const { requests, perSecond } = await load(server.url, { seconds, paths: scalePaths(size) })
      return { perSecond, cpuUs: ((readCpuMs(server.pid) - cpuBefore) * 1000) / requests }
    })
    const saves = await inRounds(running, rounds, async ({ size, folder, server }, round) => {
      say(`Scale: round ${round + 1} of ${rounds}, saving beside ${size} channels and connections`)
      return measureSave({ kind: watchingProduct, project: folder, server }, round + 1)
    })
    return [loads, saves]
  } finally {
    await Promise.all(running.map(({ server }) => server.stop()))
  }
}

/** A large project keeps a server busy for a moment after its first answer, so it is asked one by one before it is loaded. */
async function warmUp(
  server: Server,
  { paths, seconds }: { paths: readonly string[]; seconds: number },
): Promise<void> {
  for (const path of paths) {
    await firstAnswer(server, server.url + path)
    for (let i = 0; i < 10; i++) await ask(server.url + path)
  }
  await load(server.url, { seconds, paths })
}
