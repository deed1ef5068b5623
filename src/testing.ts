import { cwd as currentFolder, env as currentEnvironment } from 'node:process'
import { ReservedPort } from './channel/reserved-port.js'
import type { Outcome } from './exchange.js'
import type { LogEntry } from './log.js'
import { findProjectFile } from './project/find.js'
import type { Project } from './project/project.js'
import { incomingOf } from './runtime/invoke-incoming.js'
import { PlainServer } from './runtime/plain-server.js'
import type { CallEvent } from './trace/events.js'

/** What tests of a project need: `import { startProject } from 'zato-ts/testing'`. */

export type { CallEvent } from './trace/events.js'
export type { LogEntry } from './log.js'
export type { Project } from './project/project.js'

export interface StartProjectOptions {
  /** Where to look for zato.yaml, upwards; the working directory unless told. */
  readonly cwd?: string | undefined
  /** The project file, in place of looking for it; relative to `cwd`. */
  readonly file?: string | undefined
  /** Values that win over those of the real environment, such as the address of a stand-in for an API. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** What a service made of an invocation. */
export interface InvokeReply {
  readonly statusCode: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** What JSON says if the reply is JSON, else text; null if there is none. An error is `{ title, detail, errors }`. */
  readonly payload: unknown
}

export interface TestProject {
  /** Of the channels, with a slash at the end. */
  readonly url: string
  readonly project: Project
  /** What was logged so far, by services and by the server. */
  readonly logs: readonly LogEntry[]
  /** Outgoing calls so far. */
  readonly calls: readonly CallEvent[]
  /** Sends a request to a channel: `await project.fetch('/api/orders', { method: 'POST', body })`. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Runs a service without HTTP. `payload` goes as JSON, unless it is text or bytes. */
  invoke(service: string, payload?: unknown): Promise<InvokeReply>
  /** Ends it. The environment of the process is then what it was before. */
  close(): Promise<void>
}

/**
 * Serves a project on a free port of loopback, its services in this process, so that a debugger and mocked timers reach
 * them. As with `serve`, the project finds the port in `ZATO_TS_PORT`.
 *
 * @example
 * const project = await startProject({ env: { ORDERS_HOST: upstream.url } })
 * const response = await project.fetch('/api/orders/12345')
 * assert.equal(response.status, 200)
 * await project.close()
 *
 * @throws ProjectError if the project cannot be served as it is
 */
export async function startProject(options: StartProjectOptions = {}): Promise<TestProject> {
  const { cwd = currentFolder(), file, env } = options
  const logs: LogEntry[] = []
  const calls: CallEvent[] = []
  const host = '127.0.0.1'
  const projectFile = findProjectFile({ cwd, file })
  const reserved = await ReservedPort.take(host)
  const server = await PlainServer.start({
    file: projectFile,
    env: { ...currentEnvironment, ZATO_TS_PORT: String(reserved.port), ...env },
    host,
    port: 0,
    reserved,
    watch: false,
    logSink: (entry) => logs.push(entry),
    onEvent: (event) => event.type === 'call' && calls.push(event),
  }).finally(() => reserved.release())
  return {
    url: new URL('/', server.url).href,
    project: server.project,
    logs,
    calls,
    fetch: (path, init) => fetch(new URL(path, server.url), init),
    async invoke(service, payload) {
      const { signal } = new AbortController()
      return replyOf(await server.dispatch(incomingOf({ service }), bodyOf(payload), signal))
    },
    close: () => server.close(),
  }
}

function bodyOf(payload: unknown): Uint8Array {
  if (payload === undefined) return new Uint8Array()
  if (payload instanceof Uint8Array) return payload
  return new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

async function replyOf({ statusCode, headers, body, problem }: Outcome): Promise<InvokeReply> {
  if (problem) return { statusCode, headers, payload: problem }
  const text = await new Response(body as ConstructorParameters<typeof Response>[0]).text()
  const isJson = /[/+]json\b/.test(String(headers['content-type'] ?? ''))
  return { statusCode, headers, payload: text === '' ? null : isJson ? (JSON.parse(text) as unknown) : text }
}
