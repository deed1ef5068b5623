import { UsageError } from '../../errors.js'
import { type ReadOptions, readProject } from '../../project/read.js'
import { freePort } from '../../runtime/free-port.js'

export interface PortInEffect {
  /** In place of server.port; undefined where the file decides. */
  readonly port: number | undefined
  /** The environment with ZATO_TS_PORT, so that a project can refer to the port that it is served on. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Which port the channels get: that of the flag, else of ZATO_TS_PORT, else of the file. A free one is chosen before the
 * project is read, because the project may name it.
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
  if (wanted === undefined) return { port: undefined, env: options.env }
  const port = wanted === 0 ? await freePort(host ?? project?.server.host ?? '127.0.0.1') : wanted
  return {
    // Left to the file where the file says the same: a change of it then moves the server.
    port: flag === undefined && port === project?.server.port ? undefined : port,
    env: known === String(port) ? options.env : { ...options.env, ZATO_TS_PORT: String(port) },
  }
}

function portFrom(text: string | undefined): number | undefined {
  if (!text) return undefined
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError('ZU001', `ZATO_TS_PORT needs a whole number from 0 to 65535, not "${text}"`)
}
