import type { TraceSummary } from './record.js'

/** What becomes of the traces of a store. */
export type StoreEvent =
  | { readonly type: 'open'; readonly trace: TraceSummary }
  | { readonly type: 'update'; readonly trace: TraceSummary }
  /** It is over. The only event of one that was quick. */
  | { readonly type: 'close'; readonly trace: TraceSummary }
  /** By hand, or to stay within the limits. */
  | { readonly type: 'removed'; readonly ids: readonly number[] }
  /** All but those that are pinned. */
  | { readonly type: 'cleared' }
  /** What was cleared is there again. */
  | { readonly type: 'restored' }

export type StoreListener = (event: StoreEvent) => void

interface Announced {
  readonly id: number
  readonly isDone: boolean
  readonly summary: TraceSummary
}

/** The longest that a change waits for others to go with it. */
const intervalMs = 50

/** Tells listeners of traces: of one trace at most once in 50 ms. Costs nothing while nobody listens. */
export class Announcer {
  readonly #listeners = new Set<StoreListener>()
  readonly #changed = new Map<number, Announced>()
  /** Ids of those that were told of as running. */
  readonly #open = new Set<number>()
  #removed: number[] = []
  #timer: NodeJS.Timeout | undefined

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  subscribe(listener: StoreListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#forget()
    }
  }

  changed(trace: Announced): void {
    if (this.#listeners.size === 0) return
    this.#changed.set(trace.id, trace)
    this.#schedule()
  }

  removed(id: number): void {
    if (this.#listeners.size === 0) return
    this.#changed.delete(id)
    this.#open.delete(id)
    this.#removed.push(id)
    this.#schedule()
  }

  cleared(): void {
    this.flush()
    this.#tell({ type: 'cleared' })
  }

  restored(): void {
    this.flush()
    this.#tell({ type: 'restored' })
  }

  /** Tells now of what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const changed = [...this.#changed.values()]
    const removed = this.#removed
    this.#changed.clear()
    this.#removed = []
    for (const trace of changed) this.#tellOf(trace)
    if (removed.length > 0) this.#tell({ type: 'removed', ids: removed })
  }

  #tellOf({ id, isDone, summary: trace }: Announced): void {
    const isKnown = this.#open.has(id)
    if (isDone) {
      this.#open.delete(id)
      this.#tell({ type: 'close', trace })
    } else {
      this.#open.add(id)
      this.#tell({ type: isKnown ? 'update' : 'open', trace })
    }
  }

  #tell(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), intervalMs).unref()
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#changed.clear()
    this.#open.clear()
    this.#removed = []
  }
}
