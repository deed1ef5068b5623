import { appendFile, chmod, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../log.js'
import type { Trace } from '../trace/record.js'
import type { TraceStore } from '../trace/store.js'
import { ensureOwnFolder } from './own-folder.js'

/** Where the traces of a project are kept on disk: one JSON a line, oldest first. */
export function traceFileOf(folder: string): string {
  return join(folder, 'traces.ndjson')
}

/** How long what is over waits until it is written: more may be over by then. */
const writeMs = 250

/** The traces that are kept on disk, oldest first, at most `most`. Lines that are broken are left out. */
export async function readTraceFile(path: string, most = Number.POSITIVE_INFINITY): Promise<Trace[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.slice(Math.max(0, lines.length - most)).flatMap((line) => readLine(line))
}

function readLine(line: string): Trace[] {
  try {
    const trace = JSON.parse(line) as Partial<Trace> | null
    const isTrace = typeof trace?.cid === 'string' && typeof trace.startedAt === 'number' && Array.isArray(trace.spans)
    return isTrace ? [trace as Trace] : []
  } catch {
    return []
  }
}

/** Writes traces that are over to disk, within the limits of the store that has them. */
export class TraceFile {
  readonly #path: string
  readonly #store: TraceStore
  readonly #log: Logger
  #waiting: number[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #hasFailed = false

  /** Opens the file of a project, and puts what is in it into the store. */
  static async open(projectFile: string, store: TraceStore, log: Logger): Promise<TraceFile> {
    const file = new TraceFile(traceFileOf(await ensureOwnFolder(projectFile)), store, log)
    // Ids of other servers mean nothing here.
    for (const trace of await readTraceFile(file.#path, store.size.limit)) store.add({ ...trace, replayOf: undefined })
    await file.#rewrite().catch((error: unknown) => file.#failed(error))
    return file
  }

  private constructor(path: string, store: TraceStore, log: Logger) {
    this.#path = path
    this.#store = store
    this.#log = log
  }

  /** It is over. Of a flood, only what is still in the store a moment later is written. */
  add(id: number): void {
    this.#waiting.push(id)
    this.#timer ??= setTimeout(() => void this.flush(), writeMs).unref()
  }

  /** Writes what waits. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const ids = this.#waiting
    this.#waiting = []
    this.#writing = this.#writing.then(() => this.#write(ids)).catch((error: unknown) => this.#failed(error))
    return this.#writing
  }

  async #write(ids: readonly number[]): Promise<void> {
    const lines = ids.flatMap((id) => this.#store.get(id) ?? []).map(lineOf)
    if (lines.length === 0) return
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    )
    if (size > this.#store.size.byteLimit) await this.#rewrite()
    else await appendFile(this.#path, lines.join(''), { mode: 0o600 })
  }

  /** What the store has, and nothing else. */
  async #rewrite(): Promise<void> {
    const traces = this.#store.list({ limit: Number.POSITIVE_INFINITY }).traces.toReversed()
    const lines = traces.filter(({ state }) => state === 'done').flatMap(({ id }) => this.#store.get(id) ?? [])
    await writeFile(`${this.#path}.tmp`, lines.map(lineOf).join(''), { mode: 0o600 })
    await chmod(`${this.#path}.tmp`, 0o600)
    await rename(`${this.#path}.tmp`, this.#path)
  }

  #failed(error: unknown): void {
    if (!this.#hasFailed) this.#log.warn('Traces could not be kept on disk', { error })
    this.#hasFailed = true
  }
}

function lineOf(trace: Trace): string {
  return `${JSON.stringify(trace)}\n`
}
