import { startUpstream } from '../harness/nginx.js'
import { readCpuMs } from '../harness/process-tree.js'
import { firstAnswer } from '../harness/programs.js'
import { inRounds } from '../harness/rounds.js'
import { runToEnd } from '../harness/run-to-end.js'
import { mean, ratioOf, spreadOf } from '../harness/stats.js'
import { atMost } from '../report/floors.js'
import { table } from '../report/markdown.js'
import { number, ratio, withSpread } from '../report/numbers.js'
import { type DevServer, nitroDev, nodeOnce, plainProduct, tsxOnce, watchingProduct } from './dev-servers.js'
import { type OneOff, calls, emptyNode, httpie, nodeFetch, versions, zatoCall, zatoVersion } from './one-offs.js'
import type { Floor, Part, Settings } from './part.js'

interface Started {
  readonly ms: number
  readonly cpuMs: number
}

type Results = ReadonlyMap<string, readonly Started[]>

const devServers = [watchingProduct, plainProduct, tsxOnce, nodeOnce, nitroDev]

export const coldStart: Part = {
  name: 'cold-start',
  async run(settings) {
    const upstream = await startUpstream()
    try {
      const version = await measureOneOffs(versions, settings)
      const call = await measureOneOffs(calls(upstream.url), settings)
      const serve = await measureServers(settings)
      const texts = [
        resultText('`--version`, start to exit', version, zatoVersion),
        resultText('One call of the upstream, start to exit', call, zatoCall),
        call.has(httpie) ? '' : 'HTTPie is not installed here, so it was not measured.',
        resultText('A server, start to first answer', serve, watchingProduct.name),
      ]
      const text = [introduction, ...texts.filter((one) => one !== '')].join('\n\n')
      return { title: 'Cold start', text, floors: floors(version, call, serve) }
    } finally {
      await upstream.stop()
    }
  },
}

const introduction = `Processes that are started anew for each measurement. Time is that on the wall; CPU is the mean of user and system time of the whole
process tree.`

function measureOneOffs(oneOffs: readonly OneOff[], settings: Settings): Promise<Results> {
  return inRounds(oneOffs, roundsOf(settings), async ({ name, command, output }, round) => {
    settings.say(`Cold start: ${round + 1} of ${roundsOf(settings)}, ${name}`)
    const ended = await runToEnd(command)
    if (!ended.stdout.includes(output)) throw new Error(`"${name}" did not print ${output}:\n${ended.stdout}`)
    return ended
  })
}

async function measureServers(settings: Settings): Promise<Results> {
  const projects = new Map(devServers.map((kind) => [kind.name, kind.makeProject()]))
  return inRounds(devServers, roundsOf(settings), async (kind, round) => {
    settings.say(`Cold start: ${round + 1} of ${roundsOf(settings)}, ${kind.name}`)
    return measureServer(kind, projects.get(kind.name) ?? '')
  })
}

async function measureServer(kind: DevServer, project: string): Promise<Started> {
  const server = await kind.start(project)
  try {
    const { ms } = await firstAnswer(server, `${server.url}/version`)
    return { ms, cpuMs: readCpuMs(server.pid) }
  } finally {
    await server.stop()
  }
}

const roundsOf = ({ isQuick, rounds = isQuick ? 5 : 20 }: Settings) => rounds

function resultText(title: string, results: Results, reference: string): string {
  const times = (name: string) => (results.get(name) ?? []).map(({ ms }) => ms)
  const rows = [...results].map(([name, all]) => [
    name,
    withSpread(spreadOf(times(name))),
    name === reference ? '' : ratio(ratioOf(times(reference), times(name))),
    number(mean(all.map(({ cpuMs }) => cpuMs))),
  ])
  return [`### ${title}`, table(['Command', 'ms', 'zato-ts is, times it', 'CPU ms'], rows)].join('\n\n')
}

function floors(version: Results, call: Results, serve: Results): Floor[] {
  const median = (results: Results, name: string, other: string) => {
    const times = (one: string) => (results.get(one) ?? []).map(({ ms }) => ms)
    return ratioOf(times(name), times(other)).median
  }
  return [
    atMost(`${zatoVersion}, × ${emptyNode}`, median(version, zatoVersion, emptyNode), 1.25),
    atMost(`${zatoCall}, × ${nodeFetch}`, median(call, zatoCall, nodeFetch), 1.25),
    ...(call.has(httpie) ? [atMost(`${zatoCall}, × ${httpie}`, median(call, zatoCall, httpie), 1)] : []),
    ...[watchingProduct.name, plainProduct.name].map((name) =>
      atMost(`${name}: first answer, × ${tsxOnce.name}`, median(serve, name, tsxOnce.name), 1),
    ),
  ]
}
