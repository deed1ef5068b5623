import { checkChannelServices } from '../project/check-services.js'
import type { Problem } from '../project/problem.js'
import type { ReadResult } from '../project/read.js'
import { checkConnections } from './check-connections.js'
import { inspectServices } from './services.js'

export interface CheckedProject {
  /** File by file, in the order of their lines. */
  readonly problems: readonly Problem[]
  /** Names of the services. */
  readonly services: readonly string[]
}

/**
 * Problems of the file, of the services, and of what ties the two together. Where mistakes keep the project from being served,
 * the rest is checked all the same.
 */
export async function checkProject(result: ReadResult): Promise<CheckedProject> {
  const { sound } = result
  if (!sound) return { problems: result.problems, services: [] }
  const inspected = await inspectServices({ project: sound })
  const services = inspected.services.map(({ name }) => name)
  // Where a service does not compile its name is unknown, and each channel of it would look misspelt.
  const references = inspected.problems.some(({ severity }) => severity === 'error')
    ? []
    : checkChannelServices(result, services)
  const connections = await checkConnections(result, sound)
  const problems = [...result.problems, ...references, ...connections, ...inspected.problems]
  return { problems: problems.sort(byPlace), services }
}

function byPlace(a: Problem, b: Problem): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : 0
}
