import { createLogger } from '../log.js'
import { DevServer } from './dev-server.js'
import { EnvTypes } from './env-types.js'
import type { RunningServer, ServerOptions } from './server-options.js'

export type { ServerEvent } from './events.js'
export type { RunningServer, ServerOptions } from './server-options.js'

/**
 * Serves a project. With `watch`, one that is broken is served as far as possible and heals with the next good save.
 *
 * @throws ProjectError if the project is broken and is not watched
 * @throws AddressError if the address cannot be bound
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  if (options.watch) return DevServer.start(options)
  // With it comes all that services need; for a watched project their own process loads that.
  const { PlainServer } = await import('./plain-server.js')
  const server = await PlainServer.start(options)
  server.catchUncaught()
  await new EnvTypes(createLogger(options.logSink)).update(server.project)
  return server
}
