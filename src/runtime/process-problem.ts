import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { Redactor } from '../redact.js'
import type { Place } from './load-problem.js'
import { sourceProblem } from './source-problem.js'

/** The services took longer to load than they may. */
export function tooSlow(project: Project, limitMs: number): Problem {
  return processProblem(project, {
    message: `The services do not load within ${limitMs / 1000} s`,
    hint: 'look for an "await" or a loop outside of handle() that does not end',
  })
}

/** Their process ended, or had to be ended, before they were loaded. */
export function endedWhileLoading(
  project: Project,
  { reason, place, redactor }: { reason: string; place: Place | undefined; redactor: Redactor },
): Promise<Problem> | Problem {
  const message = `The process of the services ${reason} while they loaded`
  if (place) return sourceProblem({ code: 'ZS102', message, hint: 'it happened here', ...place, redactor })
  return processProblem(project, {
    message,
    hint: 'look for process.exit, or for work that does not end, outside of handle()',
  })
}

/** Their process did not come up, for a reason such as an option in NODE_OPTIONS that Node does not know. */
export function notStarted(project: Project, reason: string): Problem {
  return processProblem(project, {
    message: `The process of the services does not start: it ${reason.replace(/\s+/g, ' ')}`,
    hint: 'look at NODE_OPTIONS and server.max_memory',
  })
}

/** Nobody knows which file it was, so it is the project's. */
function processProblem({ file }: Project, { message, hint }: Pick<Problem, 'message' | 'hint'>): Problem {
  return {
    code: 'ZS102',
    severity: 'error',
    scope: 'project',
    message,
    hint,
    file,
    line: 1,
    column: 1,
    length: 1,
    frame: '',
  }
}
