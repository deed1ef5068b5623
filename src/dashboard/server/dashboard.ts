import { dirname } from 'node:path'
import type { ReadOptions } from '../../project/read.js'
import type { RunningServer } from '../../runtime/server.js'
import type { Logger } from '../../log.js'
import { loadAssets } from './assets.js'
import type { Backlog } from './backlog.js'
import { EditDesk } from './edits/desk.js'
import { EventHub } from './events/event-hub.js'
import { Gatekeeper } from './gatekeeper.js'
import { LoopbackListener } from './listener.js'
import type { Parts } from './parts.js'
import { ProjectOnDisk } from './project-on-disk.js'
import { RouteTable } from './route-table.js'
import { actionRoutes } from './routes/actions.js'
import { itemRoutes } from './routes/items.js'
import { serverRoutes } from './routes/server.js'
import { snippetRoutes } from './routes/snippets.js'
import { traceRoutes } from './routes/traces.js'
import { ServiceSources } from './service-sources.js'
import { TokenCheck, keptToken } from './token.js'
import { Newscaster } from './newscaster.js'

export interface DashboardOptions {
  readonly server: RunningServer
  readonly project: ReadOptions
  readonly backlog: Backlog
  /** The next free one is taken if it is not. */
  readonly port: number
  readonly log: Logger
}

/** The dashboard of a server that watches its project: a port of its own on loopback, and what is answered there. */
export class Dashboard {
  readonly port: number
  /** The port that was wanted, if another program has it. */
  readonly takenPort: number | undefined
  readonly #listener: LoopbackListener
  readonly #hub: EventHub
  readonly #newscaster: Newscaster
  readonly #token: TokenCheck

  /** @throws ZatoError ZU007 if its token cannot be written */
  static async open(options: DashboardOptions): Promise<Dashboard> {
    const { server, project, backlog, log } = options
    const token = new TokenCheck(project.file, await keptToken(project.file))
    const disk = new ProjectOnDisk(project, dirname(project.file))
    await disk.read()
    const hub = new EventHub({
      traces: server.traces,
      revision: () => disk.revision,
      accepts: (given) => token.accepts(given),
    })
    const parts: Parts = {
      server,
      backlog,
      disk,
      hub,
      services: new ServiceSources(),
      desk: new EditDesk(disk, server),
      url: () => `http://localhost:${listener.port}/`,
      startedAt: Date.now(),
      env: project.env,
    }
    const gatekeeper = new Gatekeeper({
      assets: await loadAssets(),
      routes: new RouteTable({
        ...traceRoutes(parts),
        ...itemRoutes(parts),
        ...actionRoutes(parts),
        ...serverRoutes(parts),
        ...snippetRoutes(parts),
      }),
      token,
      streamEvents: (request, response, query) => hub.open(request, response, query),
      onBug: (error) => log.error('The dashboard failed to answer', { error }),
    })
    const listener = await LoopbackListener.open(options.port, (request, response) => {
      void gatekeeper.handle(request, response)
    })
    server.inside?.guardPort(listener.port)
    const newscaster = new Newscaster({ server, backlog, disk, hub })
    return new Dashboard(listener, { wanted: options.port, hub, token, newscaster })
  }

  private constructor(
    listener: LoopbackListener,
    { wanted, hub, token, newscaster }: { wanted: number; hub: EventHub; token: TokenCheck; newscaster: Newscaster },
  ) {
    this.port = listener.port
    this.takenPort = wanted === 0 || wanted === listener.port ? undefined : wanted
    this.#listener = listener
    this.#hub = hub
    this.#token = token
    this.#newscaster = newscaster
  }

  get url(): string {
    return `http://localhost:${this.port}/`
  }

  /** The address with the token, which no server and no page of another origin gets to see. */
  get link(): string {
    return `${this.url}#t=${this.#token.token}`
  }

  /** Tells whoever watches, and waits for nobody. */
  async close(): Promise<void> {
    this.#newscaster.close()
    this.#hub.close()
    await this.#listener.close()
  }
}
