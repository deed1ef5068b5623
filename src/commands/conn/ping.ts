import { UsageError, ZatoError } from '../../errors.js'
import { createLogger } from '../../log.js'
import { Outgoing } from '../../outgoing/outgoing.js'
import { statusText } from '../../output/call-lines.js'
import { exitCodeOf } from '../../output/errors.js'
import { writeJson } from '../../output/json.js'
import { logLines } from '../../output/log-line.js'
import { statusStyle, style } from '../../output/style.js'
import { writeTable } from '../../output/table.js'
import { formatDuration } from '../../output/units.js'
import type { Project } from '../../project/project.js'
import type { CallEvent } from '../../trace/events.js'
import { newCid } from '../../trace/context.js'
import { worstExit } from '../call/repeat.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { exitCodeOfStatus } from '../exit-codes.js'
import { itemNamed, loadProjectOf, redactorOf } from '../project.js'
import { expectFewReplies } from '../short-lived.js'

interface Flags {
  readonly name?: string
  readonly all?: boolean
  readonly ignoreStatus?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[name]', doc: 'Name of the connection', values: 'connection' }],
  options: [
    { flags: '--all', doc: 'Ping every active connection' },
    { flags: '--ignore-status', doc: 'Exit with 0 whatever the status' },
  ],
  json: true,
  examples: ({ connection }) => [
    `zato-ts conn ping "${connection}"`,
    'zato-ts conn ping --all',
    'zato-ts conn ping --all --json',
  ],
  async run(context, { name, all, ignoreStatus }) {
    expectFewReplies()
    const { project } = await loadProjectOf(context)
    const names = chosenNames(project, name, all)
    const pings = await Promise.all(names.map((one) => ping(context, project, one)))
    if (context.json) writeJson(context.out, { v: 1, pings: pings.map(documentOf) })
    else show(context, pings)
    return worstExit(pings.map(({ exit, status }) => (ignoreStatus && status !== null ? 0 : exit)))
  },
}

function chosenNames({ outgoingRest }: Project, name: string | undefined, all: boolean | undefined): string[] {
  if (name !== undefined && all) throw new UsageError('ZU001', '"conn ping" takes a name or --all, not both')
  if (all) return outgoingRest.filter(({ isActive }) => isActive).map((connection) => connection.name)
  if (name !== undefined) return [itemNamed(outgoingRest, name, 'connection').name]
  throw new UsageError('ZU001', '"conn ping" needs <name>', { hint: 'zato-ts conn ping --all pings every connection' })
}

interface Ping {
  readonly connection: string
  /** What was asked: method and address, redacted. */
  readonly target: string
  /** Where the address came from: ping_path, url_path, samples, or the host's root; null if nothing answered. */
  readonly by: string | null
  readonly status: number | null
  readonly result: string
  readonly elapsedMs: number
  readonly exit: number
  readonly style: (text: string) => string
}

/** Each ping has an `Outgoing` of its own, so that what it reports is told from the others. */
async function ping(context: Context, project: Project, connection: string): Promise<Ping> {
  let event: CallEvent | undefined
  const log = createLogger((entry) => logLines(entry).forEach((line) => context.err.line(line)))
  const outgoing = new Outgoing({ project, redactor: redactorOf(project), log, onEvent: (one) => (event = one) })
  const startedAt = performance.now()
  const told = () => ({
    connection,
    target: event ? `${event.method} ${event.url}` : '-',
    elapsedMs: event?.elapsedMs ?? performance.now() - startedAt,
  })
  try {
    const { response, target } = await outgoing.connection(connection, { signal: context.signal }).ping(newCid())
    const { statusCode } = response
    return {
      ...told(),
      by: target,
      status: statusCode,
      result: statusText(statusCode),
      exit: exitCodeOfStatus(statusCode),
      style: statusStyle(statusCode),
    }
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ZatoError)) throw error
    return { ...told(), by: null, status: null, result: error.message, exit: exitCodeOf(error), style: style.red }
  } finally {
    await outgoing.close()
  }
}

function documentOf({ connection, target, by, status, result, elapsedMs, exit }: Ping) {
  return { connection, target, by, status, result, elapsedMs, exit }
}

function show({ out }: Context, pings: readonly Ping[]): void {
  const rows = pings.map(({ connection, target, by, result, elapsedMs, style: look }) => [
    connection,
    target,
    by ?? '-',
    { text: result, style: look },
    formatDuration(elapsedMs),
  ])
  if (rows.length > 0) writeTable(out, { head: ['NAME', 'TARGET', 'BY', 'RESULT', 'TOOK'], rows })
}
