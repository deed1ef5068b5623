import { setTimeout as sleep } from 'node:timers/promises'
import { writeJson } from '../../output/json.js'
import type { Trace } from '../../trace/record.js'
import type { StartedReply } from '../../trace/requests.js'
import { exitCodeOfStatus } from '../exit-codes.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { show } from './show.js'
import { type DashboardClient, findTraces, openTraces, requireServer } from './source.js'

interface Flags {
  readonly cid: string
  readonly ignoreStatus?: boolean
}

const pollMs = 50

export const command: CommandSpec<Flags> = {
  args: [{ name: '<cid>', doc: 'Correlation id, its first characters, or the number of a trace' }],
  options: [{ flags: '--ignore-status', doc: 'Exit with 0 whatever the status' }],
  json: true,
  examples: () => ['zato-ts trace replay 5f1c09e2', 'zato-ts trace replay 5f1c09e2 --json'],
  async run(context, { cid, ignoreStatus }) {
    const server = await requireServer(context)
    const { id } = (await findTraces(await openTraces(context), cid)).outer
    const started = await server.ask<StartedReply>(`/trace/${id}/replay`, { method: 'POST', body: {} })
    const trace = await finished(context, server, started)
    if (context.json) writeJson(context.out, { v: 1, trace })
    else show(context, trace)
    if (ignoreStatus) return 0
    const { status } = trace.result ?? {}
    return status === undefined ? 6 : exitCodeOfStatus(status)
  },
}

/** The trace once it is over. */
async function finished({ signal }: Context, server: DashboardClient, { cid, id }: StartedReply): Promise<Trace> {
  for (;;) {
    const trace = id === undefined ? await newest(server, cid) : await server.ask<Trace>(`/trace/${id}`, { signal })
    if (trace.state === 'done') return trace
    await sleep(pollMs, undefined, { signal })
  }
}

async function newest(server: DashboardClient, cid: string): Promise<Trace> {
  const { traces } = await server.ask<{ traces: readonly [Trace, ...Trace[]] }>(`/traces/${encodeURIComponent(cid)}`)
  return traces.at(-1) ?? traces[0]
}
