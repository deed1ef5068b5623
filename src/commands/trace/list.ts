import { writeJson } from '../../output/json.js'
import { writeTable } from '../../output/table.js'
import { callsText, resultText, styleOfResult, tookText } from '../../output/trace-lines.js'
import { shortCid } from '../../output/call-lines.js'
import { formatClock } from '../../output/units.js'
import type { CommandSpec } from '../command.js'
import { sayMore } from '../say.js'
import { integerFrom } from '../values.js'
import { filterOption, sayProblems } from './filter.js'
import { openTraces } from './source.js'

interface Flags {
  readonly filter?: string
  readonly limit?: number
}

export const command: CommandSpec<Flags> = {
  options: [
    filterOption,
    { flags: '--limit <n>', doc: 'How many at most [20]', parse: integerFrom('--limit', 1, 1000) },
  ],
  json: true,
  examples: () => [
    'zato-ts trace list',
    `zato-ts trace list --filter 'status:5xx dur:>500ms'`,
    `zato-ts trace list --filter 'conn:"Orders API" since:10m' --json`,
  ],
  async run(context, { filter = '', limit = 20 }) {
    const source = await openTraces(context)
    const { traces, filterProblems } = await source.list(filter, limit)
    sayProblems(context, filterProblems)
    if (context.json) {
      writeJson(context.out, { v: 1, traces })
      return 0
    }
    if (traces.length === 0) sayMore(context, filter === '' ? 'Nothing has happened yet' : 'Nothing matches')
    const { symbols } = context.out
    const rows = traces.map((trace) => [
      formatClock(trace.startedAt),
      { text: resultText(trace.result, symbols), style: styleOfResult(trace.result) },
      trace.title,
      callsText(trace),
      tookText(trace),
      context.out.isTTY ? shortCid(trace.cid) : trace.cid,
    ])
    if (rows.length > 0) writeTable(context.out, { head: ['TIME', 'RESULT', 'WHAT', 'CALLS', 'TOOK', 'CID'], rows })
    return 0
  },
}
