import type { LogEntry } from '../log.js'
import type { Redactor } from '../redact.js'
import type { Place } from './load-problem.js'
import type { Whereabouts } from './whereabouts.js'

interface Uncaught {
  /** `TypeError: …` */
  readonly message: string
  readonly where: Whereabouts
  readonly place: Place | undefined
}

/** The log line of an error that nobody caught. */
export function uncaughtEntry({ message, where: { run, stack }, place }: Uncaught, redactor: Redactor): LogEntry {
  const whose = run ? 'this service' : 'the services, outside of any request'
  const fields = {
    code: 'ZS501',
    ...(run?.channel !== undefined && { channel: run.channel }),
    ...(place && { at: `${place.file}:${place.line}:${place.column}` }),
    stack: redactor.url(stack),
  }
  return {
    time: Date.now(),
    level: 'error',
    message: redactor.url(`Nobody caught an error of ${whose}: ${message}`),
    ...(run && { cid: run.cid, service: run.service }),
    fields,
  }
}
