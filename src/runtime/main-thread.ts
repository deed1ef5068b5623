import { type Debugger, Session } from 'node:inspector'
import { type RunFacts, type Whereabouts, runFactsName } from './whereabouts.js'

type OnStopped = (where: Whereabouts) => void

/** How long it is let go on, step by step, if nothing that can be named is running in that very moment. */
const retryMs = 200

/**
 * The main thread as a debugger on another thread sees it: in an endless loop, too, it can be stopped and looked at. In
 * a system call it cannot.
 */
export class MainThread {
  #session: Session | undefined
  #onStopped: OnStopped | undefined
  /** Until when it may go on. */
  #retriedUntil = 0
  #isStopping = false
  #isWatched = false
  /** Addresses of scripts by their ids. */
  readonly #scripts = new Map<string, string>()

  /** Stops it where it is, for good. Never resolves if it cannot be stopped. */
  stop(): Promise<Whereabouts> {
    const session = this.#connect()
    this.#isStopping = true
    return new Promise((resolve) => {
      this.#onStopped = resolve
      session.post('Debugger.enable')
      session.post('Debugger.setSkipAllPauses', { skip: false })
      session.post('Debugger.pause')
    })
  }

  /** Gives what it is at work for as it goes by; undefined if that is nothing, or if it cannot be told. */
  glance(onSeen: (run: RunFacts | undefined) => void): void {
    const expression = `globalThis.${runFactsName}()`
    this.#connect().post('Runtime.evaluate', { expression, returnByValue: true }, (error, reply) => {
      const isKnown = !error && !reply.exceptionDetails
      onSeen(isKnown ? (reply.result.value as RunFacts | undefined) : undefined)
    })
  }

  /** Stops it, for good, once its heap is full. It runs slower from now on. */
  watchHeap(onFull: OnStopped): void {
    if (this.#isWatched || this.#isStopping) return
    this.#isWatched = true
    this.#onStopped = onFull
    const session = this.#connect()
    session.post('Debugger.enable')
    // Those of `debugger` statements are not what this is for; a full heap stops it nonetheless.
    session.post('Debugger.setSkipAllPauses', { skip: true })
  }

  unwatchHeap(): void {
    if (this.#isStopping) return
    this.#isWatched = false
    this.#session?.disconnect()
    this.#session = undefined
  }

  #connect(): Session {
    if (this.#session) return this.#session
    const session = new Session()
    session.connectToMainThread()
    session.on('Debugger.scriptParsed', ({ params }) => this.#scripts.set(params.scriptId, params.url))
    session.on('Debugger.paused', ({ params }) => this.#stopped(session, params.callFrames))
    return (this.#session = session)
  }

  #stopped(session: Session, frames: readonly Debugger.CallFrame[]): void {
    const addresses = frames.map(({ location }) => this.#scripts.get(location.scriptId) ?? '')
    if (this.#isStopping) this.#retriedUntil ||= performance.now() + retryMs
    if (performance.now() < this.#retriedUntil && !addresses.some(isOutside)) {
      session.post('Debugger.stepInto')
      return
    }
    const lines = frames.map(({ location: { lineNumber, columnNumber = 0 } }, index) => {
      return `    at ${addresses[index] ?? ''}:${lineNumber + 1}:${columnNumber + 1}`
    })
    this.glance((run) => this.#onStopped?.({ run, stack: ['', ...lines].join('\n') }))
  }
}

const ownFolder = new URL('..', import.meta.url).href

/** Neither Node's code nor ours. */
function isOutside(address: string): boolean {
  return address.startsWith('file:') && !address.startsWith(ownFolder)
}
