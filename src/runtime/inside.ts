import type { Problem } from '../project/problem.js'
import type { ServiceInfo } from '../service/registry.js'

/** What goes on in a server that watches its project, for whoever shows it. */
export interface ServerInside {
  /** The services that answer now. */
  readonly services: readonly ServiceInfo[]
  /** When they were loaded, in milliseconds since 1970; undefined while there are none. */
  readonly servedSince: number | undefined
  /** All that is wrong now. While one has scope `project`, the last good generation serves. */
  readonly problems: readonly Problem[]
  /** Every file and folder whose change is noticed. */
  readonly watched: readonly string[]
  /** A file was written just now. Settles once what it says is served, or is found not to be servable. */
  changed(file: string): Promise<void>
  /** Tells whenever all is done that the last changes asked for, whether anything came of them or not. Gives what ends it. */
  onSettled(listener: () => void): () => void
  /** Connections refuse to call this port of this machine from now on: it is the server's own. */
  guardPort(port: number): void
}
