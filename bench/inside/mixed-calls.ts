// Makes so many calls, good ones and those that meet every fault there is, and prints what came of them. Says on stderr how far it is.
import { runMixedCalls } from '../../test/outgoing/helpers/mixed-calls.js'

const [, , calls, faultyOneIn] = process.argv
const result = await runMixedCalls({
  calls: Number(calls),
  faultyOneIn: Number(faultyOneIn),
  onProgress: (made) => process.stderr.write(`${made}\n`),
})
console.log(JSON.stringify(result))
