import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireNginx, requireWrk } from './harness/find-program.js'
import { machineFacts, versionFacts } from './harness/machine.js'
import { benchFolder } from './harness/folders.js'
import { createProgress } from './harness/progress.js'
import { endInOrder } from './harness/undo.js'
import { runProgram } from './harness/user-error.js'
import { type Options, readOptions } from './options.js'
import { callThrough } from './parts/call-through.js'
import { coldStart } from './parts/cold-start.js'
import { memory } from './parts/memory.js'
import type { Part, Section } from './parts/part.js'
import { reload } from './parts/reload.js'
import { scale } from './parts/scale.js'
import { floorsTable } from './report/floors.js'
import { resultsDocument } from './report/results.js'

const parts: readonly Part[] = [callThrough, reload, coldStart, memory, scale]

const args = process.argv.slice(2)
await runProgram(async () => {
  const names = parts.map(({ name }) => name)
  await bench(readOptions(args, names))
})

async function bench(options: Options): Promise<void> {
  requireNginx()
  requireWrk()
  endInOrder({ withinMinutes: 40 })
  const startedAt = Date.now()
  const machine = machineFacts()
  const progress = createProgress(process.stderr)
  const chosen = parts.filter(({ name }) => options.parts.length === 0 || options.parts.includes(name))
  const sections: Section[] = []
  for (const part of chosen) {
    const section = await part.run({ ...options, say: progress.say })
    progress.clear()
    console.log([`## ${section.title}`, section.text, floorsTable(section.floors), ''].join('\n\n'))
    sections.push(section)
  }
  const out = options.out ?? (isWhole(options) ? join(benchFolder, 'RESULTS.md') : undefined)
  if (out === undefined) return
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ')
  const minutes = (Date.now() - startedAt) / 60_000
  const date = new Date(startedAt).toISOString().slice(0, 10)
  writeFileSync(out, resultsDocument({ date, command, minutes, machine, versions: versionFacts(), sections }))
  console.log(`Written to ${out}`)
}

/** Only a whole run replaces the results that are kept. */
function isWhole({ parts: chosen, isQuick, rounds, seconds }: Options): boolean {
  return chosen.length === 0 && !isQuick && rounds === undefined && seconds === undefined
}
