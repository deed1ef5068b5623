import { signal } from '@preact/signals'
import type { ServerEvent } from '../../shared/api.js'
import { base } from './client.js'
import { type Message, SseParser, backoff } from './sse.js'
import { refuseToken, token } from './token.js'

/** How the page hears from the server. */
export type LiveStatus =
  { readonly kind: 'connecting' | 'live' | 'stopped' | 'token' } | { readonly kind: 'waiting'; readonly until: number }

/** What the tab that has the stream tells the others. */
type Told =
  | { readonly kind: 'event'; readonly seq: number; readonly event: ServerEvent }
  | { readonly kind: 'status'; readonly status: LiveStatus }
  | { readonly kind: 'asked' | 'retry' }

const silence = 40_000

export const liveStatus = signal<LiveStatus>({ kind: 'connecting' })

/**
 * Events of the server, on one connection for any number of tabs: the tab that gets the lock reads them and tells the others;
 * when it is closed the next one goes on after the last event it has seen.
 */
export class LiveStream {
  readonly #name = `zato-ts:${location.port}`
  readonly #channel = new BroadcastChannel(this.#name)
  readonly #onEvent: (event: ServerEvent) => void
  #isLeader = false
  #seq: number | undefined
  #epoch: string | undefined
  #wake: (() => void) | undefined

  constructor(onEvent: (event: ServerEvent) => void) {
    this.#onEvent = onEvent
  }

  start(): void {
    this.#channel.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data)
    this.#tell({ kind: 'asked' })
    const lead = () => this.#lead()
    // Without locks (a page that is not on localhost) each tab reads for itself.
    void ('locks' in navigator ? navigator.locks.request(this.#name, lead) : lead())
    for (const name of ['online', 'focus']) addEventListener(name, () => this.retryNow())
    document.addEventListener('visibilitychange', () => document.hidden || this.retryNow())
    token.subscribe(() => this.retryNow())
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    if (this.#isLeader) this.#wake?.()
    else if (liveStatus.peek().kind !== 'live') this.#tell({ kind: 'retry' })
  }

  #hear(told: Told): void {
    if (told.kind === 'event') this.#take(told.seq, told.event)
    else if (told.kind === 'status') liveStatus.value = told.status
    else if (!this.#isLeader) return
    else if (told.kind === 'retry') this.#wake?.()
    else this.#tell({ kind: 'status', status: liveStatus.peek() })
  }

  async #lead(): Promise<never> {
    this.#isLeader = true
    for (let failures = 0; ;) {
      if (token.peek() === '') {
        this.#say({ kind: 'token' })
        await this.#wait(60_000)
        continue
      }
      if (failures === 0) this.#say({ kind: 'connecting' })
      const heard = await this.#read()
      failures = heard ? 1 : failures + 1
      const ms = backoff(failures)
      if (token.peek() !== '' && !(heard && liveStatus.peek().kind === 'stopped'))
        this.#say({ kind: 'waiting', until: Date.now() + ms })
      await this.#wait(ms)
    }
  }

  /** Until the stream ends. True if anything came. */
  async #read(): Promise<boolean> {
    const abort = new AbortController()
    let timer = setTimeout(() => abort.abort(), silence)
    let heard = false
    try {
      const used = token.peek()
      const query = new URLSearchParams({ logs: '1' })
      if (this.#seq !== undefined) query.set('since', String(this.#seq))
      if (this.#epoch !== undefined) query.set('epoch', this.#epoch)
      const response = await fetch(`${base}/events?${query}`, {
        headers: { authorization: `Bearer ${used}` },
        signal: abort.signal,
        cache: 'no-store',
      })
      if (response.status === 401) refuseToken(used)
      if (!response.ok || !response.body) return false
      const parser = new SseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return heard
        clearTimeout(timer)
        timer = setTimeout(() => abort.abort(), silence)
        if (!heard) this.#say({ kind: 'live' })
        heard = true
        for (const message of parser.push(value)) this.#receive(message)
      }
    } catch {
      return heard
    } finally {
      clearTimeout(timer)
      abort.abort()
    }
  }

  #receive({ id, data }: Message): void {
    const event = JSON.parse(data) as ServerEvent
    const seq = id === undefined ? (this.#seq ?? 0) : Number(id)
    this.#take(seq, event)
    this.#tell({ kind: 'event', seq, event })
    if (event.type === 'stopping') this.#say({ kind: 'stopped' })
  }

  #take(seq: number, event: ServerEvent): void {
    if (event.type === 'hello') {
      const isOther = this.#epoch !== undefined && this.#epoch !== event.epoch
      this.#epoch = event.epoch
      this.#seq = this.#seq === undefined || isOther ? event.seq : this.#seq
      this.#onEvent(event)
      if (isOther) this.#onEvent({ type: 'resync' })
      return
    }
    this.#seq = Math.max(this.#seq ?? 0, seq)
    this.#onEvent(event)
  }

  #say(status: LiveStatus): void {
    liveStatus.value = status
    this.#tell({ kind: 'status', status })
  }

  #tell(told: Told): void {
    this.#channel.postMessage(told)
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}
