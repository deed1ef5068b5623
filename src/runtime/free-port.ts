import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * A port that nothing listens on, for a project that names its own port (`ZATO_TS_PORT`) and so must know it before it is
 * read.
 */
export async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
