import { dirname, relative } from 'node:path'
import type { Outcome } from '../exchange.js'
import type { Problem } from '../project/problem.js'

/** The answer of a server that has nothing to answer with. It is only ever given to a developer, so it may say why. */
export function notServing(problems: readonly Problem[], projectFile: string): Outcome {
  const [first] = problems
  const detail = first
    ? `${first.message} (${relative(dirname(projectFile), first.file)}:${first.line}:${first.column})`
    : 'The services are being loaded'
  return { statusCode: 503, headers: { 'retry-after': '1' }, problem: { title: 'Service Unavailable', detail } }
}
