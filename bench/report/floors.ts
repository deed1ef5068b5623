import type { Floor } from '../parts/part.js'
import { table } from './markdown.js'
import { number } from './numbers.js'

export function atLeast(what: string, measured: number, wanted: number, unit = ''): Floor {
  return {
    what,
    wanted: `≥ ${number(wanted)}${unit}`,
    measured: `${number(measured)}${unit}`,
    isMet: measured >= wanted,
  }
}

export function atMost(what: string, measured: number, wanted: number, unit = ''): Floor {
  return {
    what,
    wanted: `≤ ${number(wanted)}${unit}`,
    measured: `${number(measured)}${unit}`,
    isMet: measured <= wanted,
  }
}

export function floorsTable(floors: readonly Floor[]): string {
  return table(
    ['Promised', 'wanted', 'measured', 'met'],
    floors.map(({ what, wanted, measured, isMet }) => [what, wanted, measured, isMet ? 'yes' : '**no**']),
  )
}
