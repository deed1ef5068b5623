import { createLogger } from '../log.js'
import { Outgoing } from '../outgoing/outgoing.js'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { ReadResult } from '../project/read.js'
import { redactorOf } from '../redact.js'

/**
 * Connections whose calls would all be refused for what the project file alone does not tell, such as a certificate that is
 * not there. Of those that refuse to work anyway the file has told why.
 */
export async function checkConnections(result: ReadResult, project: Project): Promise<Problem[]> {
  const redactor = redactorOf(project)
  const outgoing = new Outgoing({ project, redactor, log: createLogger(() => undefined) })
  const broken = new Set(
    project.security.filter(({ refusal, isActive }) => refusal || !isActive).map(({ name }) => name),
  )
  const asked = project.outgoingRest.filter(
    ({ isActive, refusal, security }) => isActive && !refusal && !(security !== undefined && broken.has(security)),
  )
  const problems = asked.flatMap(({ name }): Problem[] => {
    const error = outgoing.refusalOf(name)
    const place = error && result.place('outgoing_rest', name)
    if (!place) return []
    const { message, hint } = error
    return [{ code: 'ZC105', severity: 'error', scope: 'item', message, hint, ...place }]
  })
  await outgoing.close()
  return problems
}
