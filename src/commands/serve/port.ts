import { ReservedPort } from '../../channel/reserved-port.js'
import { UsageError } from '../../errors.js'
import { type ReadOptions, readProject } from '../../project/read.js'

export interface PortInEffect {
  /** In place of server.port; undefined where the file decides. */
  readonly port: number | undefined
  /** What 0 means. */
  readonly reserved: ReservedPort | undefined
  /** The environment with ZATO_TS_PORT, so that a project can refer to the port that it is served on. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Which port the channels get: that of the flag, else of ZATO_TS_PORT, else of the file. A free one is chosen before the
 * project is read, because the project may name it, and held until the server listens on it.
 *
 * @throws UsageError ZU001 if ZATO_TS_PORT holds no port
 */
export async function portInEffect(
  options: ReadOptions,
  { flag, host }: { flag: number | undefined; host: string | undefined },
): Promise<PortInEffect> {
  const { project } = await readProject(options)
  const known = project?.environment.ZATO_TS_PORT ?? options.env.ZATO_TS_PORT
  const wanted = flag ?? portFrom(known) ?? project?.server.port
  if (wanted === undefined) return { port: undefined, reserved: undefined, env: options.env }
  const reserved = wanted === 0 ? await reservePort(host ?? project?.server.host ?? '127.0.0.1') : undefined
  const port = String(reserved?.port ?? wanted)
  return {
    // Left to the file where the file says the same: a change of it then moves the server.
    port: flag === undefined && wanted === project?.server.port ? undefined : wanted,
    reserved,
    env: known === port ? options.env : { ...options.env, ZATO_TS_PORT: port },
  }
}

/** Undefined on an address that cannot be had: the server says so when it wants to listen. */
function reservePort(host: string): Promise<ReservedPort | undefined> {
  return ReservedPort.take(host).catch(() => undefined)
}

function portFrom(text: string | undefined): number | undefined {
  if (!text) return undefined
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError('ZU001', `ZATO_TS_PORT needs a whole number from 0 to 65535, not "${text}"`)
}
