import { atMost } from '../report/floors.js'
import { table } from '../report/markdown.js'
import { number } from '../report/numbers.js'
import type { LongRun } from './lasting.js'
import type { Floor } from './part.js'

export function longRunsText(runs: readonly LongRun[]): string {
  const rows = runs.flatMap(({ name, unit, idle, half, all }) =>
    [idle, half, all].map(({ count, state }) => [
      `${name}, after ${count.toLocaleString('en-US')} ${unit}`,
      number(state.main.residentMb),
      number(state.children.residentMb),
      number(state.total.residentMb),
      number(state.total.proportionalMb),
      String(state.processes),
      String(state.descriptors),
    ]),
  )
  return table(['Server', 'main MB', 'children MB', 'sum MB', 'proportional MB', 'processes', 'descriptors'], rows)
}

/** Memory may grow while caches fill, so the second half of a run is held against the first. */
export function longRunFloors(runs: readonly LongRun[]): Floor[] {
  return runs.flatMap(({ name, unit, half, all }) => {
    const which = `${name}, ${all.count.toLocaleString('en-US')} ${unit}`
    return [
      atMost(`${which}: memory, × that after half`, all.state.total.residentMb / half.state.total.residentMb, 1.1),
      same(`${which}: processes after half and all`, half.state.processes, all.state.processes),
      same(`${which}: descriptors after half and all`, half.state.descriptors, all.state.descriptors),
    ]
  })
}

function same(what: string, before: number, after: number): Floor {
  return { what, wanted: String(before), measured: String(after), isMet: before === after }
}
