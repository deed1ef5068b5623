import { traceLine } from '../../output/trace-lines.js'
import { matches, parseFilter } from '../../trace/filter.js'
import type { CommandSpec } from '../command.js'
import { filterOption, sayProblems } from './filter.js'
import { requireServer } from './source.js'

interface Flags {
  readonly filter?: string
}

export const command: CommandSpec<Flags> = {
  options: [filterOption],
  json: true,
  examples: () => ['zato-ts trace tail', `zato-ts trace tail --filter status:err`, 'zato-ts trace tail --json'],
  async run(context, { filter = '' }) {
    const server = await requireServer(context)
    const { terms, problems } = parseFilter(filter)
    sayProblems(context, problems)
    for await (const { type, trace } of server.events(context.signal)) {
      if (type === 'stopping') return 0
      if (type !== 'trace.close' || !trace || !matches(terms, trace)) continue
      if (context.json) context.out.write(`${JSON.stringify(trace)}\n`)
      else context.out.line(traceLine(trace, context.out.symbols))
    }
    return 0
  },
}
