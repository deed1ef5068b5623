import type { Runner } from '../exchange.js'
import type { LogSink } from '../log.js'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { ServiceInfo } from '../service/registry.js'
import type { TraceSink } from '../trace/events.js'
import type { SpanSink } from '../trace/recorder.js'
import type { Bundle } from './bundle.js'
import type { Death } from './events.js'

/** What a generation is made of. */
export interface Build {
  readonly project: Project
  readonly bundle: Bundle
}

export interface LoadResult {
  readonly services: readonly ServiceInfo[]
  /** None if it loaded. */
  readonly problems: readonly Problem[]
}

/** Where a generation lives: in this process, or in one of its own. One host holds one generation, for its whole life. */
export interface Host {
  /** Loads the one generation; to be called once. A build that does not load is a result, not a rejection. */
  load(build: Build): Promise<LoadResult>
  /** Runs a request in the loaded generation. */
  readonly run: Runner
  /** Lets requests and calls in flight end, for `drainMs` at most, then ends the generation. */
  close(options: { drainMs: number }): Promise<void>
}

/** What a host tells while it lives. */
export interface HostSinks {
  readonly logSink: LogSink
  readonly onEvent?: TraceSink | undefined
  /** `onEvent` is told of calls that failed, not of those that succeeded: who looks at no other need not pay for them. */
  readonly onlyFailedCalls?: boolean | undefined
  readonly onSpans?: SpanSink | undefined
  /** It does not answer any more, or soon will not: `onDeath` follows. Not called after `close`. */
  readonly onGone?: (() => void) | undefined
  /** It ended by itself; its requests in flight have been answered. Not called after `close`. */
  readonly onDeath?: ((death: Death) => void) | undefined
  /** Code let an error escape where nobody catches it, for a request or not. The host goes on, but is to be replaced. */
  readonly onUncaught?: ((why: { readonly byRequest: boolean }) => void) | undefined
}
