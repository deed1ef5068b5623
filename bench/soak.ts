import { requireNginx, requireWrk } from './harness/find-program.js'
import { createProgress } from './harness/progress.js'
import { endInOrder } from './harness/undo.js'
import { UserError, runProgram } from './harness/user-error.js'
import { readOptions } from './options.js'
import { runMemory } from './parts/memory.js'
import { runMixed } from './parts/mixed.js'
import { floorsTable } from './report/floors.js'

await runProgram(async () => {
  const { isQuick } = readOptions(process.argv.slice(2), [])
  requireNginx()
  requireWrk()
  endInOrder({ withinMinutes: 60 })
  const progress = createProgress(process.stderr)
  const settings = { isQuick, say: progress.say }
  const sections = [await runMixed(settings), await runMemory(settings, { plainToo: true })]
  progress.clear()
  const floors = sections.flatMap((section) => section.floors)
  console.log([...sections.map(({ text }) => text), floorsTable(floors), ''].join('\n\n'))
  const missed = floors.filter(({ isMet }) => !isMet)
  if (missed.length === 0) return
  throw new UserError(missed.map(({ what, wanted, measured }) => `${what}: ${measured}, wanted ${wanted}`).join('\n'))
})
