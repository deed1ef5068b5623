import { UsageError } from '../errors.js'
import { writeDoctor } from '../output/doctor.js'
import { writeJson } from '../output/json.js'
import { probeDocument, writeProbes } from '../output/probes.js'
import { style } from '../output/style.js'
import { count } from '../output/units.js'
import type { Project } from '../project/project.js'
import { examine, examineMachine } from '../runtime/doctor/examine.js'
import type { Check, DoctorReport } from '../runtime/doctor/report.js'
import type { CommandSpec } from './command.js'
import { probeAll } from './conn/ping.js'
import type { Context } from './context.js'
import { itemNamed, readOptionsOf } from './project.js'
import { sayDone } from './say.js'
import { expectFewReplies } from './short-lived.js'

interface Flags {
  readonly name?: string
  readonly online?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[name]', doc: 'Name of a connection: everything that is in effect for it', values: 'connection' }],
  options: [{ flags: '--online', doc: 'Ping the connections too; without it no network is used' }],
  json: true,
  examples: ({ connection }) => ['zato-ts doctor', `zato-ts doctor "${connection}"`, 'zato-ts doctor --online --json'],
  async run(context, { name, online }) {
    if (online) expectFewReplies()
    const { report, project } = await look(context, name)
    if (name !== undefined && project) itemNamed(project.outgoingRest, name, 'connection')
    const asked = report.connections.filter(({ state }) => state === 'active').map((one) => one.name)
    const pings = online && project ? await probeAll(context, project, { names: asked }) : undefined
    const checks = [...report.checks, ...report.connections.flatMap((one) => one.checks)]
    const isWell = (pings ?? []).every(({ state }) => state === 'reachable')
    const ok = isWell && !checks.some(({ level }) => level === 'error')
    if (context.json) {
      writeJson(context.out, { v: 1, ok, ...report, ...(pings && { pings: pings.map(probeDocument) }) })
    } else {
      writeDoctor(context.out, report, { cwd: context.cwd, everything: name !== undefined || context.verbose })
      if (pings) {
        if (context.out.isTTY) context.out.line()
        writeProbes(context, pings)
      }
      sayResult(context, checks)
    }
    return ok ? 0 : 2
  },
}

/** A machine without a project can be looked at too. */
async function look(
  context: Context,
  connection: string | undefined,
): Promise<{ report: DoctorReport; project: Project | undefined }> {
  const { io, cwd } = context
  try {
    const { report, read } = await examine({ ...readOptionsOf(context), cwd, connection })
    return { report, project: read.project }
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== 'ZU002' || connection !== undefined) throw error
    const why: Check = { level: 'error', message: error.message, hint: error.hint }
    return { report: examineMachine(io.env, why), project: undefined }
  }
}

function sayResult(context: Context, checks: readonly Check[]): void {
  const errors = checks.filter(({ level }) => level === 'error').length
  const warnings = checks.filter(({ level }) => level === 'warning').length
  const told = [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])]
  if (told.length === 0) sayDone(context, 'Nothing is wrong, as far as can be seen from here')
  else if (!context.quiet) context.err.line((errors > 0 ? style.red : style.yellow)(told.join(', ')))
}
