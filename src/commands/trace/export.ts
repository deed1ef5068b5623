import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ZatoError } from '../../errors.js'
import { count } from '../../output/units.js'
import type { Nested } from '../../trace/nesting.js'
import type { TraceSummary } from '../../trace/record.js'
import { harOf } from '../../trace/snippets/har.js'
import { findRunningServers } from '../../runtime/running-servers.js'
import { version } from '../../version.js'
import type { CommandSpec } from '../command.js'
import { reasonOf } from '../input.js'
import { readOptionsOf } from '../project.js'
import { sayDone } from '../say.js'
import { filterOption, sayProblems } from './filter.js'
import { findTraces, openTraces } from './source.js'

interface Flags {
  readonly cid?: string
  readonly filter?: string
  readonly output?: string
}

const most = 1000

export const command: CommandSpec<Flags> = {
  args: [{ name: '[cid]', doc: 'Correlation id, its first characters, or the number of a trace; all if left out' }],
  options: [filterOption, { flags: '-o, --output <file>', doc: 'Write the HAR to a file [stdout]', values: 'file' }],
  examples: () => [
    'zato-ts trace export 5f1c09e2 -o call.har',
    `zato-ts trace export --filter status:err > errors.har`,
  ],
  async run(context, { cid, filter = '', output }) {
    const source = await openTraces(context)
    const listed = cid === undefined ? await source.list(filter, most) : undefined
    sayProblems(context, listed?.filterProblems ?? [])
    const summaries = listed ? [...listed.traces].reverse() : allOf(await findTraces(source, cid ?? ''))
    const traces = await Promise.all(summaries.map(({ id }) => source.get(id)))
    const [running] = await findRunningServers(readOptionsOf(context).file)
    const har = harOf(traces, { version, channelsUrl: running?.url ?? 'http://localhost' })
    const text = `${JSON.stringify(har, undefined, 2)}\n`
    if (output === undefined) {
      context.out.write(text)
      return 0
    }
    await writeFile(resolve(context.cwd, output), text).catch((cause: unknown) => {
      throw new ZatoError('ZU007', `The file "${output}" could not be written: ${reasonOf(cause)}`, { cause })
    })
    sayDone(context, `Wrote ${count(traces.length, 'trace')} to ${output}`)
    return 0
  },
}

function allOf({ outer, inner }: Nested<TraceSummary>): TraceSummary[] {
  return [outer, ...inner]
}
