import type { Outcome } from '../exchange.js'
import type { LogSink } from '../log.js'
import type { Project } from '../project/project.js'
import type { TraceSink } from '../trace/events.js'

export interface InvokeOptions {
  readonly project: Project
  /** Name of the service. */
  readonly service: string
  readonly body: Uint8Array
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly cid?: string | undefined
  readonly logSink: LogSink
  readonly onEvent?: TraceSink | undefined
  readonly signal: AbortSignal
}

export declare function invokeService(options: InvokeOptions): Promise<Outcome>
