import { readFile } from 'node:fs/promises'
import { request as sendRequest } from 'node:http'
import { dirname, join } from 'node:path'
import { UsageError, ZatoError } from '../../errors.js'
import { findRunningServers } from '../../runtime/running-servers.js'
import { readTraceFile, traceFileOf } from '../../runtime/trace-file.js'
import { type Nested, nestedAround } from '../../trace/nesting.js'
import type { Trace, TraceSummary } from '../../trace/record.js'
import { TraceStore } from '../../trace/store.js'
import type { Context } from '../context.js'
import { readOptionsOf } from '../project.js'

/** Where traces are read from: a running server, or what one has left on disk. */
export interface TraceSource {
  list(filter: string, limit: number): Promise<{ traces: readonly TraceSummary[]; filterProblems: readonly string[] }>
  get(id: number): Promise<Trace>
  /** Undefined for what is on disk only. */
  readonly server: DashboardClient | undefined
}

/** @throws UsageError ZU003 if there are none */
export async function openTraces(context: Context): Promise<TraceSource> {
  const { file } = readOptionsOf(context)
  const server = await findDashboard(file)
  return server ? ofServer(server) : ofDisk(dirname(file))
}

/** @throws UsageError ZU003 if no server of the project runs that has a dashboard */
export async function requireServer(context: Context): Promise<DashboardClient> {
  const server = await findDashboard(readOptionsOf(context).file)
  if (server) return server
  throw new UsageError('ZU003', 'No server of this project runs that could be asked', {
    hint: 'start one: zato-ts serve',
  })
}

/** The server of a project that has a dashboard, started last. */
export async function findDashboard(file: string): Promise<DashboardClient | undefined> {
  const records = await findRunningServers(file)
  const url = records.findLast(({ dashboard }) => dashboard !== undefined)?.dashboard
  if (url === undefined) return undefined
  const token = await readFile(join(dirname(file), '.zato', 'dev-token'), 'utf8').catch(() => '')
  return new DashboardClient(url, token.trim())
}

const basePath = '_zato/api/v1'

interface Asking {
  readonly method?: string
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Speaks to the dashboard of a running server. */
export class DashboardClient {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** @throws ZatoError with what the server says */
  async ask<T>(path: string, asking: Asking = {}): Promise<T> {
    const response = await this.#fetch(path, asking)
    if (response.ok) return (await response.json()) as T
    const { error } = (await response.json().catch(() => ({}))) as { error?: { message?: string; hint?: string } }
    throw new ZatoError('ZU003', error?.message ?? `The server answered ${response.status}`, { hint: error?.hint })
  }

  /** Sends something, and waits no longer than this for the answer. What has been written by then arrives all the same. */
  tell(path: string, body: unknown, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body)
      const headers = { ...this.#headers, 'content-length': Buffer.byteLength(text) }
      const request = sendRequest(new URL(`${basePath}${path}`, this.#url), { method: 'POST', headers, agent: false })
      const timer = setTimeout(() => {
        request.socket?.unref()
        resolve()
      }, ms)
      request.once('error', reject)
      request.once('response', (response) => {
        clearTimeout(timer)
        response.resume()
        resolve()
      })
      request.end(text)
    })
  }

  get #headers() {
    return { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
  }

  /** What the server tells, as it happens. */
  async *events(signal: AbortSignal): AsyncGenerator<{ readonly type: string; readonly trace?: TraceSummary }> {
    const response = await this.#fetch('/events', { signal })
    if (!response.ok || !response.body) throw new ZatoError('ZU003', `The server answered ${response.status}`)
    let text = ''
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      text += piece
      const messages = text.split(/\n\n/)
      text = messages.pop() ?? ''
      for (const message of messages) {
        const data = message.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []))
        if (data.length > 0) yield JSON.parse(data.join('\n')) as { type: string; trace?: TraceSummary }
      }
    }
  }

  async #fetch(path: string, { method = 'GET', body, signal }: Asking): Promise<Response> {
    const init = {
      method,
      headers: this.#headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }
    try {
      return await fetch(new URL(`${basePath}${path}`, this.#url), init)
    } catch (cause) {
      if (signal?.aborted) throw cause
      throw new ZatoError('ZU003', 'The server does not answer', { cause, hint: 'is it being stopped?' })
    }
  }
}

function ofServer(server: DashboardClient): TraceSource {
  return {
    server,
    list: (filter, limit) => server.ask(`/traces?${new URLSearchParams({ filter, limit: String(limit) }).toString()}`),
    get: (id) => server.ask(`/trace/${id}`),
  }
}

async function ofDisk(folder: string): Promise<TraceSource> {
  const traces = await readTraceFile(traceFileOf(join(folder, '.zato')))
  if (traces.length === 0) {
    throw new UsageError('ZU003', 'There are no traces: no server of this project runs, and none has kept any', {
      hint: 'start one: zato-ts serve; with --keep-traces they are there when it has ended',
    })
  }
  const store = new TraceStore({ traces: traces.length, bytes: Number.POSITIVE_INFINITY })
  for (const trace of traces) store.add(trace)
  return {
    server: undefined,
    list: (filter, limit) => Promise.resolve(store.list({ filter, limit })),
    get: (id) => {
      const found = store.get(id)
      return found ? Promise.resolve(found) : Promise.reject(new UsageError('ZU003', `There is no trace ${id}`))
    },
  }
}

/** More calls of itself than anybody reads. */
const mostOfCid = 100

/**
 * The trace of this id; or the newest of this cid, or of one that begins so, in which case it is the one around it that a
 * project which calls itself began with.
 *
 * @throws UsageError ZU003
 */
export async function findTraces(source: TraceSource, wanted: string): Promise<Nested<TraceSummary>> {
  const byId = /^\d{1,9}$/.test(wanted) ? await source.get(Number(wanted)).catch(() => undefined) : undefined
  if (byId) return { outer: byId, inner: [] }
  const [newest] = await tracesOfCid(source, wanted, 1)
  if (newest) return nestedAround(newest, await tracesOfCid(source, newest.cid, mostOfCid))
  throw new UsageError('ZU003', `There is no trace "${wanted}"`, { hint: 'zato-ts trace list shows those there are' })
}

async function tracesOfCid(source: TraceSource, cid: string, limit: number): Promise<readonly TraceSummary[]> {
  return (await source.list(`cid:"${cid.replaceAll('"', '')}"`, limit)).traces
}
