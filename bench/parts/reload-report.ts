import { type SaveResult, addSaves } from '../harness/polls.js'
import { ratioOf, spreadOf } from '../harness/stats.js'
import { atLeast, atMost } from '../report/floors.js'
import { table } from '../report/markdown.js'
import { number, ratio, withSpread } from '../report/numbers.js'
import { tsxWatch, watchingProduct } from './dev-servers.js'
import type { Floor } from './part.js'

/** The saves of every server, by its name. */
export type Reloads = ReadonlyMap<string, readonly SaveResult[]>

export const underLoad = 'zato-ts serve, under full load'

const introduction = `From just before a file is written to the first answer of its new code, while requests are sent every 2 ms over kept connections
and as many over new ones. A request has failed if it was answered by anything but 200; an answer is stale if it is of old code, and
its request was sent after the new code had answered once. Under full load two more requests, one over a kept connection and one over a new
one, begin before each save and end after it: they have failed unless the code that they began with answered them whole.`

export function reloadText(results: Reloads): string {
  const times = (name: string) => (results.get(name) ?? []).map(({ servedMs }) => servedMs)
  const saves = table(
    ['Server', 'ms', 'times zato-ts', 'saves', 'requests', 'failed', 'stale'],
    [...results].map(([name, all]) => {
      const { polls, failed, stale } = addSaves(all)
      const isAlongside = name !== watchingProduct.name && name !== underLoad
      return [
        name,
        withSpread(spreadOf(times(name))),
        isAlongside ? ratio(ratioOf(times(name), times(watchingProduct.name))) : '',
        String(all.length),
        number(polls),
        String(failed),
        String(stale),
      ]
    }),
  )
  return [introduction, saves].join('\n\n')
}

export function reloadFloors(results: Reloads): Floor[] {
  const saves = (name: string) => results.get(name) ?? []
  const times = (name: string) => saves(name).map(({ servedMs }) => servedMs)
  const quiet = watchingProduct.name
  return [
    atMost('Save → served, median', spreadOf(times(quiet)).median, 30, ' ms'),
    atLeast('Save → served, times faster than tsx watch', ratioOf(times(tsxWatch.name), times(quiet)).median, 20),
    ...[quiet, underLoad].flatMap((name) => {
      const { failed, stale } = addSaves(saves(name))
      const which = `over ${saves(name).length} saves${name === underLoad ? ' under full load' : ''}`
      return [atMost(`Requests failed ${which}`, failed, 0), atMost(`Stale answers ${which}`, stale, 0)]
    }),
  ]
}
