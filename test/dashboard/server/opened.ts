import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Backlog } from '../../../src/dashboard/server/backlog.js'
import { Dashboard } from '../../../src/dashboard/server/dashboard.js'
import { createLogger } from '../../../src/log.js'
import { type Serving, serveProject } from '../../runtime/serving.js'

/** A project that is served, with its dashboard, for the length of one test. */
export interface Opened extends Pick<Serving, 'root' | 'server'> {
  readonly write: (path: string, text: string) => Promise<void>
  /** Asks a channel. */
  readonly fetch: (path: string) => Promise<Response>
  /** Text of the answer of a channel. */
  readonly get: (path: string) => Promise<string>
  readonly dashboard: Dashboard
  readonly backlog: Backlog
  /** Ends in no slash. */
  readonly base: string
  readonly token: string
  /** Asks the API, with the token. */
  readonly ask: <T = Record<string, unknown>>(line: string, body?: unknown) => Promise<Answered<T>>
  /** Reads the events of a stream. */
  readonly stream: (query?: string) => Promise<Stream>
}

export interface Answered<T> {
  readonly status: number
  readonly body: T
  readonly headers: Headers
}

export interface Stream {
  /** All events so far. */
  readonly events: readonly Record<string, unknown>[]
  /** Their numbers; undefined for one that has none. */
  readonly ids: readonly (number | undefined)[]
  /** Every byte so far. */
  readonly text: () => string
  readonly isClosed: () => boolean
  readonly close: () => void
}

export async function openDashboard(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Opened> {
  const backlog = new Backlog()
  const surroundings = { PATH: process.env.PATH, ...env }
  const serving = await serveProject(files, {
    env: surroundings,
    logSink: (entry) => backlog.log(entry),
    onEvent: (event) => backlog.event(event),
  })
  const { root, server } = serving
  const dashboard = await Dashboard.open({
    server,
    backlog,
    project: { file: join(root, 'zato.yaml'), env: surroundings },
    port: 0,
    log: createLogger((entry) => backlog.log(entry)),
  })
  onTestFinished(() => dashboard.close())
  const token = dashboard.link.slice(dashboard.link.indexOf('#t=') + 3)
  const base = `${dashboard.url}_zato/api/v1`
  const headers = { authorization: `Bearer ${token}` }
  return {
    root,
    server,
    write: (path, text) => serving.write(path, text),
    fetch: (path) => serving.fetch(path),
    get: (path) => serving.get(path),
    dashboard,
    backlog,
    base,
    token,
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- whoever asks says what comes back
    async ask<T>(line: string, body?: unknown) {
      const [method = 'GET', path = ''] = line.split(' ')
      const response = await fetch(base + path, {
        method,
        headers: { ...headers, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as T, headers: response.headers }
    },
    stream: (query = '') => readStream(`${base}/events${query}`, headers),
  }
}

async function readStream(url: string, headers: Record<string, string>): Promise<Stream> {
  const controller = new AbortController()
  const response = await fetch(url, { headers, signal: controller.signal })
  if (response.status !== 200) throw new Error(`The stream answered ${response.status}`)
  const events: Record<string, unknown>[] = []
  const ids: (number | undefined)[] = []
  let all = ''
  let isClosed = false
  const close = () => controller.abort()
  onTestFinished(close)
  void (async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      const text = decoder.decode(piece, { stream: true })
      all += text
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data === undefined) continue
        const id = /^id: (\d+)$/m.exec(block)?.[1]
        ids.push(id === undefined ? undefined : Number(id))
        events.push(JSON.parse(data) as Record<string, unknown>)
      }
    }
  })()
    .catch(() => undefined)
    .finally(() => (isClosed = true))
  return { events, ids, text: () => all, isClosed: () => isClosed, close }
}
