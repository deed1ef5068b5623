import type { Incoming } from '../exchange.js'
import { type Run, currentRun } from '../service/current-run.js'

/** Where the services are, as one process tells another: plain data. */
export interface Whereabouts {
  /** The request that they are at work for; absent if it is none. */
  readonly run?: RunFacts | undefined
  /** A stack trace. Its positions may be those of the bundle. */
  readonly stack: string
}

export interface RunFacts {
  /** Of the request, while it is in flight. */
  readonly id?: number | undefined
  readonly cid: string
  readonly service: string
  readonly channel?: string | undefined
}

/** Name of a global function, for a debugger, that gives the RunFacts of what the services are at work for. */
export const runFactsName = '__zato_ts_run'

/** What is known of the request that the caller of this is at work for. */
export function currentRunFacts(idOf: (incoming: Incoming) => number | undefined): RunFacts | undefined {
  const run = currentRun()
  return run && runFacts(run, idOf(run.incoming))
}

export function runFacts({ incoming, service }: Run, id?: number): RunFacts {
  const { cid, channel } = incoming
  return { id, cid, service, channel: channel?.name }
}

const deepestStack = 100

/** The stack of the caller of this, at no more than it costs to walk it: source maps are left to whoever reads it. */
export function rawStack(): string {
  const { stackTraceLimit } = Error
  const prepare = Reflect.get(Error, 'prepareStackTrace') as unknown
  Error.stackTraceLimit = deepestStack
  Error.prepareStackTrace = (_, sites) => `\n${sites.map(frameText).join('\n')}`
  try {
    return new Error().stack ?? ''
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepare)
    Error.stackTraceLimit = stackTraceLimit
  }
}

function frameText(site: NodeJS.CallSite): string {
  return `    at ${site.getFileName() ?? ''}:${site.getLineNumber() ?? 0}:${site.getColumnNumber() ?? 0}`
}
