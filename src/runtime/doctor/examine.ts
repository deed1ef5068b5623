import type { Project } from '../../project/project.js'
import { type ReadOptions, type ReadResult, readProject } from '../../project/read.js'
import { type Redactor, redactorOf } from '../../redact.js'
import { findRunningServers } from '../running-servers.js'
import { connectionChecks } from './connection-checks.js'
import { type ValueSources, connectionValues } from './connection-values.js'
import { environmentChecks, environmentValues, versionsHere } from './machine.js'
import { Origins } from './origins.js'
import { portChecks, projectChecks, projectReport } from './project.js'
import type { Check, ConnectionReport, DoctorReport, EffectiveValue } from './report.js'

export interface ExamineOptions extends ReadOptions {
  /** Paths are shown as seen from here. */
  readonly cwd: string
  /** The one connection that is asked for. */
  readonly connection?: string | undefined
}

/** The setup of a project, and what is in effect for its connections. Asks nobody: no network is used. */
export async function examine(options: ExamineOptions): Promise<{ report: DoctorReport; read: ReadResult }> {
  const { file, env, cwd, connection } = options
  const read = await readProject(options)
  const { project } = read
  const servers = await findRunningServers(file)
  const environment = project?.environment ?? definedOnly(env)
  const origins = new Origins(read, env)
  const shown = project?.outgoingRest.filter(({ name }) => connection === undefined || name === connection) ?? []
  const report: DoctorReport = {
    versions: versionsHere(),
    project: await projectReport(file, read, servers),
    environment: environmentValues(environment, origins),
    checks: [
      // Whoever asks for one connection is not told of the others.
      ...(connection === undefined || !project ? projectChecks(read, { cwd, told: itemsOf(shown) }) : []),
      ...(connection === undefined && project ? await portChecks(project, servers) : []),
      ...environmentChecks(environment, env),
    ],
    connections: project ? shown.map((one) => connectionReport(project, { definition: one, origins })) : [],
  }
  return { report: redactReport(report, project), read }
}

/** Names of connections and of their security definitions: what is missing there is told with the connection. */
function itemsOf(connections: Project['outgoingRest']): ReadonlySet<string> {
  return new Set(connections.flatMap(({ name, security }) => [name, ...(security === undefined ? [] : [security])]))
}

/** The setup where there is no project. */
export function examineMachine(env: ReadOptions['env'], why: Check): DoctorReport {
  return {
    versions: versionsHere(),
    project: undefined,
    environment: [],
    checks: [why, ...environmentChecks(definedOnly(env), env)],
    connections: [],
  }
}

function connectionReport(
  { security: definitions, environment }: Project,
  { definition, origins }: Pick<ValueSources, 'definition' | 'origins'>,
): ConnectionReport {
  const security = definitions.find(({ name }) => name === definition.security)
  const sources: ValueSources = { definition, security, environment, origins }
  const { name, isActive, refusal } = definition
  return {
    name,
    state: !isActive ? 'inactive' : refusal ? 'refuses' : 'active',
    values: connectionValues(sources),
    checks: connectionChecks(sources),
  }
}

function redactReport(report: DoctorReport, project: Project | undefined): DoctorReport {
  const redactor = redactorOf(project)
  const values = (all: readonly EffectiveValue[]) => all.map((one) => redactValue(one, redactor))
  const checks = (all: readonly Check[]) => all.map((one) => redactCheck(one, redactor))
  return {
    ...report,
    environment: values(report.environment),
    checks: checks(report.checks),
    connections: report.connections.map((one) => ({ ...one, values: values(one.values), checks: checks(one.checks) })),
  }
}

function redactValue({ value, ...one }: EffectiveValue, redactor: Redactor): EffectiveValue {
  return { ...one, value: redactor.url(value) }
}

function redactCheck({ message, hint, ...one }: Check, redactor: Redactor): Check {
  return { ...one, message: redactor.url(message), ...(hint !== undefined && { hint: redactor.url(hint) }) }
}

function definedOnly(env: ReadOptions['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
