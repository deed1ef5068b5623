import { startUpstream } from '../harness/nginx.js'
import { readCpuMs } from '../harness/process-tree.js'
import type { Server } from '../harness/product.js'
import { firstAnswer } from '../harness/programs.js'
import { inRounds } from '../harness/rounds.js'
import { load } from '../harness/wrk.js'
import { type Measured, callThroughFloors, callThroughText } from './call-through-report.js'
import { callThroughServers } from './call-through-servers.js'
import { type Variant, smallReply, variants, verify } from './call-through-variants.js'
import type { Part, Settings } from './part.js'

export const callThrough: Part = {
  name: 'call-through',
  async run(settings) {
    const upstream = await startUpstream()
    const servers: Server[] = []
    try {
      for (const { start } of callThroughServers) {
        const server = await start(upstream.url)
        await firstAnswer(server, server.url + smallReply.path('12345', 'pending'))
        servers.push(server)
      }
      const texts: string[] = []
      const all: Measured[] = []
      for (const variant of variants) {
        const measured = await measureVariant(variant, { servers, upstream: upstream.url, settings })
        all.push(measured)
        texts.push(callThroughText(measured))
      }
      return { title: 'Call-through', text: [introduction, ...texts].join('\n\n'), floors: callThroughFloors(all) }
    } finally {
      await Promise.all([...servers, upstream].map(({ stop }) => stop()))
    }
  },
}

const introduction = `A GET (or POST) comes in, a GET (or POST) with a path parameter and a query parameter goes to nginx, its JSON reply is parsed and
sent back as JSON. 32 connections. CPU is that of all processes of the server. In brackets the lowest and the highest round; ratios
are taken round by round.`

interface Surroundings {
  readonly servers: readonly Server[]
  readonly upstream: string
  readonly settings: Settings
}

async function measureVariant(variant: Variant, { servers, upstream, settings }: Surroundings): Promise<Measured> {
  const { isQuick, say, seconds = 1 } = settings
  const { rounds: usualRounds, warmUpSeconds } = lengthOf(variant, isQuick)
  const { rounds = usualRounds } = settings
  const { payload } = variant
  const bytes = new Map<string, number>()
  for (const { name, url } of servers) {
    say(`${variant.title}: warming up ${name}`)
    bytes.set(name, await verifyServer(name, () => verify(url, upstream, variant)))
    await warmUp(url + variant.path('12345', 'pending'), { payload, atMost: warmUpSeconds })
  }
  const results = await inRounds(servers, rounds, async ({ name, url, pid }, round) => {
    say(`${variant.title}: round ${round + 1} of ${rounds}, ${name}`)
    const cpuBefore = readCpuMs(pid)
    const loaded = await load(url + variant.path('12345', 'pending'), { seconds, payload })
    const cpuMs = readCpuMs(pid) - cpuBefore
    requireSize(name, loaded.bytesPerReply, bytes.get(name) ?? 0)
    return { ...loaded, cpuUs: (cpuMs * 1000) / loaded.requests }
  })
  return { title: variant.title, results }
}

async function verifyServer(name: string, check: () => Promise<number>): Promise<number> {
  try {
    return await check()
  } catch (error) {
    throw new Error(`"${name}" does not do the work that is to be measured`, { cause: error })
  }
}

/** The first variant finds the servers cold, and what was promised is held against it. */
function lengthOf(variant: Variant, isQuick: boolean): { rounds: number; warmUpSeconds: number } {
  if (variant === smallReply) return { rounds: isQuick ? 3 : 7, warmUpSeconds: 5 }
  return isQuick ? { rounds: 1, warmUpSeconds: 0 } : { rounds: 3, warmUpSeconds: 1 }
}

/** Ten thousand requests are what it takes until all of a server is compiled. */
async function warmUp(url: string, { payload, atMost }: { payload: string | undefined; atMost: number }) {
  let requests = 0
  for (let second = 0; second < atMost && requests < 10_000; second++) {
    requests += (await load(url, { seconds: 1, payload })).requests
  }
}

/** wrk counts statuses from 400 on; that all of the others were the reply that is meant shows in their size. */
function requireSize(name: string, bytes: number, expected: number): void {
  if (Math.abs(bytes / expected - 1) < 0.1) return
  throw new Error(`Replies of "${name}" have ${Math.round(bytes)} bytes under load, and ${expected} otherwise`)
}
