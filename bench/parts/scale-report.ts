import type { SaveResult } from '../harness/polls.js'
import { ratioOf, spreadOf } from '../harness/stats.js'
import { atMost } from '../report/floors.js'
import { table } from '../report/markdown.js'
import { ratio, withSpread } from '../report/numbers.js'
import type { Floor } from './part.js'

interface Scaled {
  /** Reading and checking zato.yaml in a fresh process, without its start. */
  readonly readMs: number
  /** Making the router. */
  readonly routerMs: number
  /** One search of the router. */
  readonly routeNs: number
  /** `zato-ts check`, start to exit. */
  readonly checkMs: number
  /** `zato-ts serve`, start to first answer. */
  readonly serveMs: number
}

interface ScaledLoad {
  readonly perSecond: number
  readonly cpuUs: number
}

/** The rounds by the number of channels and connections. */
type Results<T> = ReadonlyMap<string, readonly T[]>

export type ScaledTimes = Results<Scaled>
export type ScaledLoads = Results<ScaledLoad>
export type ScaledSaves = Results<Pick<SaveResult, 'servedMs'>>

const introduction = `As many channels as connections, each channel calling a connection of its own. "Read" is reading and checking zato.yaml in a fresh
process, without the start of that process; "check" and "serve" are the commands, the one from start to exit, the other to its first
answer; "router" is making the router, and "search" finding a route, all of them in turn. The load goes to ten channels that are
spread over the file, in watch mode; "save" is that of one service.`

export function scaleText(times: ScaledTimes, loads: ScaledLoads, saves: ScaledSaves): string {
  const timesTable = table(
    ['Channels and connections', 'read ms', 'check ms', 'serve ms', 'router ms', 'search ns'],
    [...times].map(([size, all]) => [
      size,
      ...(['readMs', 'checkMs', 'serveMs', 'routerMs', 'routeNs'] as const).map((key) =>
        withSpread(spreadOf(valuesOf(all, key))),
      ),
    ]),
  )
  const loadsTable = table(
    ['Channels and connections', 'requests/s', 'CPU µs/request', 'CPU, times that of 10', 'save ms'],
    [...loads].map(([size, all]) => [
      size,
      withSpread(spreadOf(valuesOf(all, 'perSecond'))),
      withSpread(spreadOf(valuesOf(all, 'cpuUs'))),
      size === '10' ? '' : ratio(ratioOf(valuesOf(all, 'cpuUs'), valuesOf(loads.get('10') ?? [], 'cpuUs'))),
      withSpread(spreadOf(valuesOf(saves.get(size) ?? [], 'servedMs'))),
    ]),
  )
  return [introduction, timesTable, loadsTable].join('\n\n')
}

export function scaleFloors(times: ScaledTimes, loads: ScaledLoads): Floor[] {
  const read = (size: string) => valuesOf(times.get(size) ?? [], 'readMs')
  const load = (size: string, key: keyof ScaledLoad) => valuesOf(loads.get(size) ?? [], key)
  return [
    atMost('1,000 channels and connections are read within', spreadOf(read('1000')).median, 600, ' ms'),
    atMost('10,000 channels and connections are read within', spreadOf(read('10000')).median, 3000, ' ms'),
    atMost('Reading 10,000, × reading 1,000', ratioOf(read('10000'), read('1000')).median, 10),
    atMost('CPU per request with 10,000, × with 10', ratioOf(load('10000', 'cpuUs'), load('10', 'cpuUs')).median, 1.05),
    atMost(
      'Requests/s with 10, × with 10,000',
      ratioOf(load('10', 'perSecond'), load('10000', 'perSecond')).median,
      1.05,
    ),
  ]
}

function valuesOf<K extends string>(all: readonly Readonly<Record<K, number>>[], key: K): number[] {
  return all.map((one) => one[key])
}
