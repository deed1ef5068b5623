import { stat } from 'node:fs/promises'

interface SilenceWatchOptions {
  /** The files to look at now. */
  readonly files: () => Promise<readonly string[]> | readonly string[]
  /** These changed, appeared or went away, and nobody was told. */
  readonly onSilent: (files: readonly string[]) => void
  /** Milliseconds from one look to the next. */
  readonly everyMs?: number
  /** How long the telling may take, in milliseconds. */
  readonly graceMs?: number
}

/** What changes before the first look is not noticed, so it is not long in coming. */
const soonMs = 100

/**
 * Notices that the operating system does not tell of changes, as on network mounts and in some containers: files change, and
 * no event comes. It looks rarely, because as a rule it looks in vain.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions
  readonly #graceMs: number
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #seen: ReadonlyMap<string, string> | undefined
  #starts = 0
  #isClosed = false
  /** Whether anything was told since the last look, and between the two before it. */
  #told = false
  #toldBefore = false

  constructor(options: SilenceWatchOptions) {
    this.#options = options
    this.#everyMs = options.everyMs ?? 2000
    this.#graceMs = options.graceMs ?? 500
  }

  start(): void {
    this.#lookSoon()
  }

  /** Others are to be looked at from now on: what changes is counted from the next look, which comes soon. */
  startOver(): void {
    this.#seen = undefined
    this.#starts += 1
    this.#lookSoon()
  }

  /** An event came, so events do come. */
  told(): void {
    this.#told = true
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const starts = this.#starts
    const seen = await signatures(await this.#options.files())
    // Then another look is on its way.
    if (starts !== this.#starts) return
    const changed = this.#seen ? differing(this.#seen, seen) : []
    this.#seen = seen
    if (changed.length > 0 && !this.#hasBeenTold) this.#next(this.#graceMs, () => this.#judge(changed))
    else this.#lookLater()
  }

  #judge(changed: readonly string[]): void {
    if (!this.#hasBeenTold) this.#options.onSilent(changed)
    this.#lookLater()
  }

  /** Not at once: whoever starts it has better things to do. */
  #lookSoon(): void {
    clearTimeout(this.#timer)
    this.#next(Math.min(soonMs, this.#everyMs), () => this.#look())
  }

  #lookLater(): void {
    this.#toldBefore = this.#told
    this.#told = false
    this.#next(this.#everyMs, () => this.#look())
  }

  get #hasBeenTold(): boolean {
    return this.#told || this.#toldBefore
  }

  #next(ms: number, work: () => Promise<void> | void): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void work(), ms).unref()
  }
}

async function signatures(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const entries = await Promise.all(files.map(async (file) => [file, await signatureOf(file)] as const))
  return new Map(entries)
}

const gone = 'gone'

async function signatureOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return gone
  }
}

/** Files that changed, appeared or went away. */
function differing(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...now.keys()])
  return [...paths].filter((file) => (before.get(file) ?? gone) !== (now.get(file) ?? gone))
}
