import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { LogEntry } from '../../src/log.js'
import { type RunningServer, type ServerEvent, type ServerOptions, startServer } from '../../src/runtime/server.js'
import { temporaryFolder, write } from './files.js'
import { until } from './until.js'

type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>

/** A project that is served for the length of one test. */
export interface Serving {
  readonly root: string
  readonly server: RunningServer
  readonly events: ServerEvent[]
  readonly logs: LogEntry[]
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Text of the answer to a GET. */
  get(path: string): Promise<string>
  /** Waits for the answer to a GET to be this text. */
  answers(path: string, text: string): Promise<void>
  eventsOf<T extends ServerEvent['type']>(type: T): EventOf<T>[]
  /** The first event of this type after those there are now, or the first at all. */
  event<T extends ServerEvent['type']>(type: T, test?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>
}

/** A channel for each service: `/a` runs the service `a`. */
export function channels(...services: string[]): string {
  return [
    'channel_rest:',
    ...services.map((name) => `  - { name: ${name}, url_path: /${name}, service: ${name} }`),
    '',
  ].join('\n')
}

/** A service of the name `name` whose `handle` has this body. */
export function service(name: string, body: string): string {
  return `import { Service } from 'zato-ts'
export class Test extends Service {
  static override readonly name = '${name}'
  async handle(): Promise<unknown> {
    ${body}
  }
}
`
}

export async function serveProject(
  files: Readonly<Record<string, string>>,
  options: Partial<ServerOptions> = {},
): Promise<Serving> {
  const root = await temporaryFolder(files)
  const events: ServerEvent[] = []
  const logs: LogEntry[] = []
  const server = await startServer({
    file: join(root, 'zato.yaml'),
    env: { PATH: process.env.PATH },
    port: 0,
    watch: true,
    logSink: (entry) => logs.push(entry),
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => server.close({ drainMs: 500 }))
  const eventsOf: Serving['eventsOf'] = (type) =>
    events.filter((event) => event.type === type) as EventOf<typeof type>[]
  const fetchPath = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init)
  const get = async (path: string) => (await fetchPath(path)).text()
  return {
    root,
    server,
    events,
    logs,
    eventsOf,
    write: (path, text) => write(join(root, path), text),
    remove: (path) => rm(join(root, path)),
    fetch: fetchPath,
    get,
    async answers(path, text) {
      await until(async () => (await get(path)) === text)
    },
    event: (type, test = () => true) => until(() => eventsOf(type).find(test)),
  }
}
