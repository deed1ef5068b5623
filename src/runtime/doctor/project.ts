import { createServer } from 'node:net'
import { relative } from 'node:path'
import { AddressError } from '../../channel/address-error.js'
import { bind } from '../../channel/bind.js'
import type { Problem } from '../../project/problem.js'
import type { Project } from '../../project/project.js'
import type { ReadResult } from '../../project/read.js'
import type { FoundServer } from '../running-servers.js'
import { findServiceFiles } from '../service-files.js'
import type { Check, ProjectReport } from './report.js'

export async function projectReport(
  file: string,
  { project, sources, envFiles, missing }: ReadResult,
  servers: readonly FoundServer[],
): Promise<ProjectReport> {
  const folder = project?.server.services ?? ''
  return {
    file,
    includes: sources.filter((source) => source !== file && !/(^|[/\\])\.env[^/\\]*$/.test(source)),
    envFiles: envFiles.map(({ file: path, names }) => ({ file: path, variables: names.length })),
    missing: [...new Set(missing.map(({ name }) => name))],
    secrets: new Set(project?.secrets).size,
    services: { folder, files: project && (await findServiceFiles(folder).catch(() => [])).length },
    servers: servers.map(({ pid, url, since }) => ({ pid, url, since })),
  }
}

/**
 * What is wrong with the files of the project.
 *
 * @param told names of items whose missing variables are told elsewhere
 */
export function projectChecks(
  { problems, missing, project }: ReadResult,
  { cwd, told }: { cwd: string; told: ReadonlySet<string> },
): Check[] {
  const placed = ({ file, line }: Pick<Problem, 'file' | 'line'>) => `${relative(cwd, file) || file}:${line}`
  const found = problems
    // Told elsewhere: a missing variable below, a certificate that is not verified with its connection.
    .filter(({ code }) => code !== 'ZC205' && (project === undefined || code !== 'ZC305'))
    .map(({ severity, code, message, hint, ...at }): Check => {
      return { level: severity, message: `${placed(at)} ${code} ${message}`, hint }
    })
  const unset = missing
    .filter(({ item }) => !told.has(item))
    .map(({ name, item, ...at }): Check => {
      const needs = item === '' ? '' : `: "${item}" refuses to work without it`
      return { level: 'error', message: `${placed(at)} ${name} is missing${needs}`, hint: 'set it in .env' }
    })
  return [...found, ...unset]
}

/** Whether the ports of a project can be had, and by whom they are if not. */
export async function portChecks({ server, environment }: Project, servers: readonly FoundServer[]): Promise<Check[]> {
  const { host, dashboardPort } = server
  const { ZATO_TS_PORT: wanted = '' } = environment
  const port = /^\d{1,5}$/.test(wanted) ? Number(wanted) : server.port
  return [
    await portCheck('channels', { host, port, own: servers.find((one) => one.port === port) }),
    await dashboardCheck(dashboardPort, servers),
  ]
}

/** The dashboard takes the next free port by itself. */
async function dashboardCheck(port: number, servers: readonly FoundServer[]): Promise<Check> {
  const own = servers.find(({ dashboard }) => dashboard !== undefined && Number(new URL(dashboard).port) === port)
  const check = await portCheck('dashboard', { host: '127.0.0.1', port, own })
  if (check.level !== 'error') return check
  return { level: 'warning', message: check.message, hint: 'the dashboard takes the next free port' }
}

interface WantedPort {
  readonly host: string
  readonly port: number
  /** The server of this project that has it. */
  readonly own: FoundServer | undefined
}

async function portCheck(what: string, { host, port, own }: WantedPort): Promise<Check> {
  if (port === 0) return { level: 'ok', message: `Any free port is taken for the ${what}` }
  if (own)
    return { level: 'ok', message: `Port ${port} (${what}) is that of process ${own.pid}, which serves this project` }
  const probe = createServer()
  try {
    await bind(probe, { host, port })
    return { level: 'ok', message: `Port ${port} (${what}) is free` }
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    return { level: 'error', message: error.message, hint: error.hint }
  } finally {
    probe.close()
  }
}
