import type { Facts } from '../harness/machine.js'
import type { Section } from '../parts/part.js'
import { floorsTable } from './floors.js'
import { table } from './markdown.js'

export interface Run {
  readonly date: string
  readonly command: string
  readonly minutes: number
  readonly machine: Facts
  readonly versions: Facts
  readonly sections: readonly Section[]
}

/** The whole document. */
export function resultsDocument({ date, command, minutes, machine, versions, sections }: Run): string {
  const floors = sections.flatMap((section) => section.floors)
  return [
    '# Results of the bench',
    `Written by \`${command}\` on ${date}, in ${minutes.toFixed(0)} minutes. [README.md](README.md) says how it measures.`,
    table(['Machine', ''], machine),
    table(['Version', ''], versions),
    '## What was promised',
    floorsTable(floors),
    ...sections.flatMap(({ title, text }) => [`## ${title}`, text]),
  ]
    .join('\n\n')
    .concat('\n')
}
