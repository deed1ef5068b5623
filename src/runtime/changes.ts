import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A save may be several events: nothing for this long, and it is over. */
const quietMs = 4
/** The longest that a burst of events is waited for. */
const burstMs = 10
/** A file that is gone or empty is, most of the time, being written anew. */
const halfDoneMs = 200

/** Files that changed, and what they were when they were taken. */
export interface Batch {
  readonly files: readonly string[]
  readonly stamps: readonly string[]
  readonly takenAt: number
}

/** Files that changed and that nobody has dealt with yet. */
export class Changes {
  #files = new Set<string>()
  #first = 0
  #last = 0
  #onNotice: (() => void)[] = []

  get pending(): boolean {
    return this.#files.size > 0
  }

  notice(file: string): void {
    this.#last = performance.now()
    if (this.#files.size === 0) this.#first = this.#last
    this.#files.add(file)
    for (const resolve of this.#onNotice.splice(0)) resolve()
  }

  /** Resolves at the next change, at once if one is pending. */
  noticed(): Promise<void> {
    return this.pending ? Promise.resolve() : new Promise((resolve) => this.#onNotice.push(resolve))
  }

  /** Takes what has changed, and what was taken before and did not hold. */
  async take(before: readonly string[] = []): Promise<Batch> {
    let stamps = await this.#stampsOf(before)
    while (since(this.#first) < halfDoneMs && stamps.some(isHalfDone)) {
      await sleep(5)
      stamps = await this.#stampsOf(before)
    }
    const files = this.#all(before)
    this.#files = new Set()
    // Between the last look and now there may have been another notice.
    return {
      files,
      stamps: files.length === stamps.length ? stamps : await stampsOf(files),
      takenAt: performance.now(),
    }
  }

  /** Waits for the end of the burst; tells whether the files of the batch are still what they were. */
  async hold({ files, stamps, takenAt }: Batch): Promise<boolean> {
    while (!this.pending && since(this.#last) < quietMs && since(takenAt) < burstMs) await sleep(1)
    if (this.pending) return false
    const now = await stampsOf(files)
    return now.every((stamp, index) => stamp === stamps[index])
  }

  #stampsOf(before: readonly string[]): Promise<readonly string[]> {
    return stampsOf(this.#all(before))
  }

  #all(before: readonly string[]): string[] {
    return [...new Set([...before, ...this.#files])]
  }
}

const gone = 'gone'

function isHalfDone(stamp: string): boolean {
  return stamp === gone || stamp.startsWith('0 ')
}

function stampsOf(files: readonly string[]): Promise<readonly string[]> {
  return Promise.all(files.map(stampOf))
}

/** The same as long as nobody writes the file or puts another in its place. */
async function stampOf(file: string): Promise<string> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(file)
    return `${size} ${mtimeMs} ${ctimeMs} ${ino}`
  } catch {
    return gone
  }
}

function since(time: number): number {
  return performance.now() - time
}
