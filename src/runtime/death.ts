import type { ErrorCode } from '../errors.js'
import type { Outcome } from '../exchange.js'
import type { Death } from './events.js'
import { endedProcess, lost, stalled, usedUpMemory } from './fault-outcomes.js'
import { type MemorySpace, processLimit } from './guard-messages.js'
import type { Place } from './load-problem.js'
import type { RemoteRequest } from './remote-dispatch.js'
import type { ProcessExit } from './services-process.js'
import { type RunFacts, type Whereabouts, runFacts } from './whereabouts.js'

/** What ended a process of services. */
export type Cause =
  | { readonly type: 'exit'; readonly exit: ProcessExit; readonly what?: string | undefined; readonly where?: Where }
  | { readonly type: 'stall'; readonly seconds: number; readonly what?: string | undefined; readonly where?: Where }
  | MemoryCause

interface MemoryCause {
  readonly type: 'memory'
  readonly space: MemorySpace
  /** `server.max_memory`, in bytes. */
  readonly limit: number
  readonly where?: Where
  /** What was running when memory grew last. */
  readonly suspect?: RunFacts | undefined
}

/** Undefined if nobody could tell. */
type Where = Whereabouts | undefined

interface Scene {
  /** What the process was answering. */
  readonly requests: readonly RemoteRequest[]
  /** Of the whereabouts, if they lie in the source of the services. */
  readonly place: Place | undefined
}

export interface Judged {
  readonly death: Death
  /** What the caller of each request gets. */
  readonly outcomeOf: (id: number) => Outcome
}

/** Who did it, and what it means for everybody else. Nobody is accused on a guess. */
export function judge(cause: Cause, { requests, place }: Scene): Judged {
  const culprit = cause.where?.run ?? seenGrowing(cause, requests) ?? onlySuspect(cause, requests)
  const others = requests.filter(({ id, isAbandoned }) => id !== culprit?.id && !isAbandoned)
  const { code, hint, outcome } = consequences[cause.type]
  return {
    death: {
      code,
      reason: reasonOf(cause),
      account: accountOf({ cause, culprit, place, requests }),
      ...(culprit && { culprit: { cid: culprit.cid, service: culprit.service, channel: culprit.channel } }),
      ...(place && { place }),
      ...(hint !== undefined && { hint }),
      requests: others.map(({ incoming: { cid, service } }) => ({ cid, service })),
    },
    outcomeOf: (id) => (id === culprit?.id ? outcome : lost),
  }
}

interface Consequence {
  readonly code: ErrorCode
  readonly hint?: string
  readonly outcome: Outcome
}

const consequences: Readonly<Record<Cause['type'], Consequence>> = {
  exit: { code: 'ZS502', outcome: endedProcess },
  stall: {
    code: 'ZS504',
    hint: 'give way to other requests with "await", or raise server.stall_timeout',
    outcome: stalled,
  },
  memory: {
    code: 'ZS503',
    hint: 'look for what grows, or raise server.max_memory',
    outcome: usedUpMemory,
  },
}

/** Who was at work while memory filled up, and still is. */
function seenGrowing(cause: Cause, requests: readonly RemoteRequest[]): RunFacts | undefined {
  if (cause.type !== 'memory') return undefined
  return requests.some(({ id }) => id === cause.suspect?.id) ? cause.suspect : undefined
}

/** Who it must have been if nobody saw it happen. */
function onlySuspect(cause: Cause, requests: readonly RemoteRequest[]): RunFacts | undefined {
  const [only, ...more] = requests
  if (!only || more.length > 0) return undefined
  // A heap that is full is nobody's doing in particular; all else that was seen happened beside the request.
  const wasSeen = cause.where !== undefined && cause.type !== 'memory'
  const fromOutside = cause.type === 'exit' && !cause.exit.isOwn
  return wasSeen || fromOutside ? undefined : runFacts({ ...only, service: only.incoming.service }, only.id)
}

export function reasonOf(cause: Cause): string {
  if (cause.type === 'exit') return cause.exit.text
  if (cause.type === 'stall') {
    return `was ended because it did nothing else for ${cause.seconds} s (server.stall_timeout)`
  }
  const limit = `server.max_memory is ${megabytes(cause.limit)}`
  if (cause.space === 'heap') return `ran out of memory (${limit})`
  return `was ended because it took more than ${megabytes(processLimit(cause.limit))} in all (${limit})`
}

interface Account {
  readonly cause: Cause
  readonly culprit: RunFacts | undefined
  readonly place: Place | undefined
  readonly requests: readonly RemoteRequest[]
}

function accountOf({ cause, culprit, place, requests }: Account): string {
  const who = culprit ? `the service "${culprit.service}"` : 'code that runs for no request'
  const where = place ? ` at ${place.file}:${place.line}:${place.column}` : ''
  const what = cause.type === 'memory' ? undefined : cause.what
  if (what !== undefined) return `${who} called ${what}${where}`
  if (cause.where?.run || (place && cause.type !== 'memory')) return `${who} was running${where}`
  if (seenGrowing(cause, requests)) return `${who} was running while its memory grew${where}`
  if (culprit) return `${who} was the only one at work${where}`
  return requests.length > 1 ? `which of ${requests.length} requests did it is not known` : ''
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024))} MB`
}
