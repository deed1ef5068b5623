import type { Incoming, OutcomeHeaders, ProblemDetails } from '../exchange.js'
import type { LogEntry } from '../log.js'
import type { KeptEntry } from '../outgoing/kept.js'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { ServiceInfo } from '../service/registry.js'
import type { SpanReport } from '../trace/recorder.js'
import type { Whereabouts } from './whereabouts.js'

/** What the two processes say to each other: the heads of frames. `id` is that of a request. */

export type ToServices =
  /**
   * Its body is the bundle, which is written to `file` while it loads. The project carries the whole environment; `kept` is
   * what earlier generations have left for it.
   */
  | { readonly type: 'build'; readonly project: Project; readonly file: string; readonly kept: readonly KeptEntry[] }
  /** Does everything once that a build and a request ask for, with a project in which there is nothing. */
  | { readonly type: 'rehearse'; readonly project: Project }
  /** Its body is that of the request. */
  | { readonly type: 'request'; readonly id: number; readonly incoming: Incoming }
  | { readonly type: 'abort'; readonly id: number }
  /** So many more bytes of a streamed body may be sent. */
  | { readonly type: 'credit'; readonly id: number; readonly bytes: number }
  /** Opens the debugger on this port, or closes it. */
  | { readonly type: 'inspect'; readonly port: number | undefined }
  /** What was kept under keys that begin so is not to be used any more. */
  | { readonly type: 'forget'; readonly prefix: string }
  /** Connections must not lead to this port of this machine. */
  | { readonly type: 'guardPort'; readonly port: number }
  /** Asks for a sign of life of the event loop. */
  | { readonly type: 'ping' }
  /** No further request will come: end once everything is done. */
  | { readonly type: 'drain' }

export type FromServices =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly services: readonly ServiceInfo[] }
  | { readonly type: 'failed'; readonly problems: readonly Problem[] }
  | OutcomeMessage
  /** Its body is a piece of a streamed body. */
  | { readonly type: 'chunk'; readonly id: number }
  /** The streamed body is complete, or broke. */
  | { readonly type: 'end'; readonly id: number; readonly error?: string }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** A call is over. Its body is what `writeCall` makes of its event. */
  | { readonly type: 'event'; readonly trace: number | undefined; readonly hasFailed: boolean }
  /** Of a request that is recorded. */
  | { readonly type: 'spans'; readonly report: SpanReport }
  /** To be kept for the generations that follow; without a value, to be forgotten. */
  | { readonly type: 'keep'; readonly key: string; readonly value?: unknown }
  | { readonly type: 'pong' }
  /** An error that nobody caught; the process lives on, but is to be replaced. */
  | { readonly type: 'uncaught'; readonly message: string; readonly where: Whereabouts }
  /** What the services are about to do, from which they may not return; nothing if they have. */
  | { readonly type: 'doing'; readonly doing: Doing | undefined }
  /** The debugger is open, or closed. */
  | { readonly type: 'inspecting' }

export interface Doing {
  /** Such as `process.exit` or `execSync`. */
  readonly what: string
  readonly where: Whereabouts
}

/** Its body is that of the outcome, unless that follows as chunks. */
export interface OutcomeMessage {
  readonly type: 'outcome'
  readonly id: number
  readonly statusCode: number
  readonly headers: OutcomeHeaders
  readonly problem?: ProblemDetails | undefined
  readonly body: 'none' | 'bytes' | 'stream'
}

/** Bytes of a streamed body that may be under way unread. */
export const streamWindow = 256 * 1024
