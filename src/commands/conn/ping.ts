import { redactorOf } from '../../redact.js'
import { UsageError } from '../../errors.js'
import { createLogger } from '../../log.js'
import type { Probe } from '../../outgoing/probe.js'
import { exitCodeOf } from '../../output/errors.js'
import { writeJson } from '../../output/json.js'
import { logLines } from '../../output/log-line.js'
import { probeDocument, writeProbes } from '../../output/probes.js'
import type { Project } from '../../project/project.js'
import { newCid } from '../../trace/context.js'
import { worstExit } from '../call/repeat.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { exitCodeOfStatus } from '../exit-codes.js'
import { itemNamed, loadProjectOf } from '../project.js'
import { sayMore } from '../say.js'
import { expectFewReplies } from '../short-lived.js'
import { warnOfTls } from '../tls-warnings.js'
import { secondsFrom } from '../values.js'

interface Flags {
  readonly names: readonly string[]
  readonly all?: boolean
  readonly timeout?: number
  readonly ignoreStatus?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[names...]', doc: 'Names of connections', values: 'connection' }],
  options: [
    { flags: '--all', doc: 'Ping every active connection' },
    {
      flags: '--timeout <seconds>',
      doc: 'Seconds that each ping may take [that of the connection]',
      parse: secondsFrom('--timeout'),
    },
    { flags: '--ignore-status', doc: 'Exit with 0 whatever the status' },
  ],
  json: true,
  examples: ({ connection }) => [
    `zato-ts conn ping "${connection}"`,
    'zato-ts conn ping --all --timeout 5',
    'zato-ts conn ping --all --json',
  ],
  async run(context, { names: given, all, timeout, ignoreStatus }) {
    expectFewReplies()
    const { project } = await loadProjectOf(context)
    const names = chosenNames(project, given, all)
    warnOfTls(context, project, names)
    if (names.length === 0) sayMore(context, 'There is no active connection to ping')
    const probes = await probeAll(context, project, { names, timeout })
    if (context.json) writeJson(context.out, { v: 1, pings: probes.map((one) => documentOf(one)) })
    else writeProbes(context, probes)
    return worstExit(probes.map((one) => (ignoreStatus && one.statusCode !== undefined ? 0 : exitOf(one))))
  },
}

/** Pings connections, all at once. Each has a cid of its own. */
export async function probeAll(
  context: Context,
  project: Project,
  { names, timeout }: { names: readonly string[]; timeout?: number | undefined },
): Promise<Probe[]> {
  const redactor = redactorOf(project)
  const log = createLogger((entry) => {
    if (entry.level !== 'debug' || context.verbose) logLines(entry).forEach((line) => context.err.line(line))
  })
  const { probe } = await import('../../outgoing/probe.js')
  const { signal } = context
  return Promise.all(
    names.map((connection) => probe({ project, connection, cid: newCid(), redactor, log, signal, timeout })),
  )
}

function chosenNames({ outgoingRest }: Project, names: readonly string[], all: boolean | undefined): string[] {
  if (names.length > 0 && all) throw new UsageError('ZU001', '"conn ping" takes names or --all, not both')
  if (all) return outgoingRest.filter(({ isActive }) => isActive).map((connection) => connection.name)
  if (names.length === 0) {
    const hint = 'zato-ts conn ping --all pings every connection'
    throw new UsageError('ZU001', '"conn ping" needs the name of a connection', { hint })
  }
  return [...new Set(names.map((name) => itemNamed(outgoingRest, name, 'connection').name))]
}

function exitOf({ statusCode, error }: Probe): number {
  return statusCode === undefined ? exitCodeOf(error) : exitCodeOfStatus(statusCode)
}

function documentOf(one: Probe) {
  return { ...probeDocument(one), exit: exitOf(one) }
}
