import { requireNginx, requireWrk } from './harness/find-program.js'
import { createProgress } from './harness/progress.js'
import { endInOrder } from './harness/undo.js'
import { UserError, runProgram } from './harness/user-error.js'
import { readOptions } from './options.js'
import { runMemory } from './parts/memory.js'
import { floorsTable } from './report/floors.js'

await runProgram(async () => {
  const { isQuick } = readOptions(process.argv.slice(2), [])
  requireNginx()
  requireWrk()
  endInOrder({ withinMinutes: 40 })
  const progress = createProgress(process.stderr)
  const { text, floors } = await runMemory({ isQuick, say: progress.say }, { plainToo: true })
  progress.clear()
  console.log([text, floorsTable(floors), ''].join('\n\n'))
  const missed = floors.filter(({ isMet }) => !isMet)
  if (missed.length === 0) return
  throw new UserError(missed.map(({ what, wanted, measured }) => `${what}: ${measured}, wanted ${wanted}`).join('\n'))
})
