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

/** The traces that are kept on disk, oldest first: the last `most`, and those that are pinned. Lines that are broken are left out. */
export async function readTraceFile(path: string, most = Number.POSITIVE_INFINITY): Promise<Trace[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line !== '')
  const first = Math.max(0, lines.length - most)
  const pinned = lines.slice(0, first).filter((line) => line.includes('"isPinned":true'))
  return [...pinned.flatMap(readLine).filter(({ isPinned }) => isPinned), ...lines.slice(first).flatMap(readLine)]
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

/** Keeps traces that are over on disk, within the limits of the store that has them; what it is told to forget goes from there too. */
export class TraceFile {
  readonly #path: string
  readonly #store: TraceStore
  readonly #log: Logger
  #waiting: number[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  /** Whether there are some on disk that the store has no more, or the other way round. */
  #isStale = false
  #hasFailed = false

  /** Opens the file of a project, and puts what is in it into the store. */
  static async open(projectFile: string, store: TraceStore, log: Logger): Promise<TraceFile> {
    const file = new TraceFile(traceFileOf(await ensureOwnFolder(projectFile)), store, log)
    // Ids of other servers mean nothing here.
    for (const trace of await readTraceFile(file.#path, store.size.limit)) store.add({ ...trace, replayOf: undefined })
    await file.#rewrite().catch((error: unknown) => file.#failed(error))
    store.onDone = (id) => file.#add(id)
    store.onEdited = () => file.#changed()
    return file
  }

  private constructor(path: string, store: TraceStore, log: Logger) {
    this.#path = path
    this.#store = store
    this.#log = log
  }

  /** Writes what waits. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write()).catch((error: unknown) => this.#failed(error))
    return this.#writing
  }

  /** It is over. Of a flood, only what is still in the store a moment later is written. */
  #add(id: number): void {
    this.#waiting.push(id)
    this.#writeSoon()
  }

  /** At once, not when it cannot be taken back any more: whatever ends the server by then, what was cleared is not there again. */
  #changed(): void {
    this.#isStale = true
    this.#writeSoon()
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), writeMs).unref()
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0 && !this.#isStale) return
    if (this.#isStale || (await this.#isFull())) await this.#rewrite()
    else await this.#append()
  }

  async #isFull(): Promise<boolean> {
    const found = await stat(this.#path).catch(() => undefined)
    return found !== undefined && found.size > this.#store.size.byteLimit
  }

  async #append(): Promise<void> {
    const lines = this.#waiting.flatMap((id) => this.#store.get(id) ?? []).map(lineOf)
    this.#waiting = []
    if (lines.length > 0) await appendFile(this.#path, lines.join(''), { mode: 0o600 })
  }

  /** What the store has, those that wait among it, and nothing else. */
  async #rewrite(): Promise<void> {
    this.#waiting = []
    this.#isStale = false
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
