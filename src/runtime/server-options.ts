import type { ReservedPort } from '../channel/reserved-port.js'
import type { LogSink } from '../log.js'
import type { Project } from '../project/project.js'
import type { ReadOptions } from '../project/read.js'
import type { HostAndPort } from './address.js'
import type { TraceStore } from '../trace/store.js'
import type { ServerActions } from './server-actions.js'
import type { ServerEvent } from './events.js'
import type { ServerInside } from './inside.js'
import type { OutputStreams } from './stray-output.js'

export interface ServerOptions {
  /** Absolute path of zato.yaml. */
  readonly file: string
  /** The real environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reads `.env.<name>` too. */
  readonly envName?: string | undefined
  /** In place of `server.host`. */
  readonly host?: string | undefined
  /** In place of `server.port`; 0 takes a free one. */
  readonly port?: number | undefined
  /** What 0 means: the project may name its port, which must then be known before it is read. */
  readonly reserved?: ReservedPort | undefined
  /** Services run in a process of their own that is replaced on each change; else in this one. */
  readonly watch: boolean
  /** Watches by looking at the files now and then, for file systems that report nothing. */
  readonly poll?: boolean | undefined
  /** Opens the debugger in the process of the services: on 127.0.0.1:9229, or on this port. */
  readonly inspect?: boolean | number | undefined
  /** Keeps traces on disk, and records them without `watch` too; else as the project says. */
  readonly keepTraces?: boolean | undefined
  /** How long `close` waits for requests in flight; 10 s unless told. */
  readonly drainMs?: number | undefined
  readonly logSink: LogSink
  /** What services of this process write to them past the logger becomes log lines. */
  readonly streams?: OutputStreams | undefined
  readonly onEvent: (event: ServerEvent) => void
  /** `onEvent` need not be told of calls that succeeded; it may be all the same. */
  readonly onlyFailedCalls?: boolean | undefined
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly host: string
  /** What is served; undefined while no good project file has been read. */
  readonly project: Project | undefined
  /** How many requests are being answered. */
  readonly inFlight: number
  /** What it has done lately; undefined if that is not recorded. */
  readonly traces: TraceStore | undefined
  /** What it can be asked to do; undefined if it does not watch, and records nothing. */
  readonly actions: ServerActions | undefined
  /** What goes on inside; undefined if it does not watch. */
  readonly inside: ServerInside | undefined
  /** Loads everything anew, changed or not. */
  reload(): Promise<void>
  /** Forgets the tokens of one definition, or all, so that the next calls fetch new ones; gives how many there were. */
  clearTokens(definition?: string): number
  /** Stops listening, lets requests in flight end, and leaves no process and no file behind. */
  close(options?: { drainMs?: number | undefined }): Promise<void>
  /** Settles when the server must end by itself: an uncaught error of a service without `watch`. */
  readonly failed: Promise<Error>
}

/** The part of the options that reading the project file takes. */
export function readOptionsOf({ file, env, envName }: ServerOptions): ReadOptions {
  return { file, env, envName }
}

/** Where a project is to be served. */
export function addressOf({ host, port, reserved }: ServerOptions, { server }: Project): HostAndPort {
  const wanted = port ?? server.port
  return { host: host ?? server.host, port: wanted === 0 && reserved ? reserved.port : wanted }
}

/** How long requests in flight may take to end, unless told. */
export const defaultDrainMs = 10_000
