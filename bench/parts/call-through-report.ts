import { ratioOf, spreadOf } from '../harness/stats.js'
import type { Load } from '../harness/wrk.js'
import { atLeast, atMost } from '../report/floors.js'
import { table } from '../report/markdown.js'
import { number, ratio, withSpread } from '../report/numbers.js'
import { byDispatch, byRequest, fastifyRequest, plain, watching } from './call-through-servers.js'
import type { Floor } from './part.js'

export type Round = Pick<Load, 'perSecond' | 'p50Ms' | 'p99Ms'> & { readonly cpuUs: number }

/** The rounds of every server, by its name. */
export interface Measured {
  readonly title: string
  readonly results: ReadonlyMap<string, readonly Round[]>
}

export function callThroughText({ title, results }: Measured): string {
  return [`### ${title}`, figures(results), ratios(results)].join('\n\n')
}

function figures(results: Measured['results']): string {
  return table(
    ['Server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request'],
    [...results].map(([name, rounds]) => [
      name,
      withSpread(spreadOf(rounds.map(({ perSecond }) => perSecond))),
      number(spreadOf(rounds.map(({ p50Ms }) => p50Ms)).median),
      withSpread(spreadOf(rounds.map(({ p99Ms }) => p99Ms))),
      withSpread(spreadOf(rounds.map(({ cpuUs }) => cpuUs))),
    ]),
  )
}

function ratios(results: Measured['results']): string {
  const peers = [...results.keys()].filter((name) => name !== watching && name !== plain)
  return table(
    ['zato-ts is, times the peer', 'requests/s', 'CPU', 'requests/s, --no-watch', 'CPU, --no-watch'],
    peers.map((peer) => [
      peer,
      ratio(ratioBetween(results, watching, peer, 'perSecond')),
      ratio(ratioBetween(results, watching, peer, 'cpuUs')),
      ratio(ratioBetween(results, plain, peer, 'perSecond')),
      ratio(ratioBetween(results, plain, peer, 'cpuUs')),
    ]),
  )
}

/** What was promised is promised of the first variant: the small JSON reply. */
export function callThroughFloors([measured]: readonly Measured[]): Floor[] {
  if (!measured) return []
  const { results } = measured
  const median = (name: string, peer: string, key: keyof Round) => ratioBetween(results, name, peer, key).median
  return [
    atLeast(`${watching}: requests/s, × ${fastifyRequest}`, median(watching, fastifyRequest, 'perSecond'), 1.15),
    atLeast(`${watching}: requests/s, × ${byRequest}`, median(watching, byRequest, 'perSecond'), 1),
    atMost(`${watching}: p99, × ${fastifyRequest}`, median(watching, fastifyRequest, 'p99Ms'), 1),
    atMost(`${plain}: CPU per request, × ${byDispatch}`, median(plain, byDispatch, 'cpuUs'), 1.25),
    atMost(`${plain}: CPU per request, × ${byRequest}`, median(plain, byRequest, 'cpuUs'), 1),
    atMost(`${plain}: p99, × ${fastifyRequest}`, median(plain, fastifyRequest, 'p99Ms'), 1),
  ]
}

function ratioBetween(results: Measured['results'], name: string, peer: string, key: keyof Round) {
  const valuesOf = (one: string) => (results.get(one) ?? []).map((round) => round[key])
  return ratioOf(valuesOf(name), valuesOf(peer))
}
