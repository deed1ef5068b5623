import { Agent } from 'node:http'
import { performance } from 'node:perf_hooks'
import { ask } from './ask.js'
import type { Poll } from './polls.js'

/** Replies that are waited for at once. A program that keeps requests waiting is not buried under them. */
const mostWaiting = 100

/** Asks an address every two milliseconds for the version that answers, whether or not the last answer has come. */
export class Poller {
  readonly #url: string
  readonly #agent: Agent
  readonly #timer: NodeJS.Timeout
  readonly #polls: Poll[] = []
  readonly #watchers = new Set<() => void>()
  #waiting = 0

  constructor(url: string, { keepAlive }: { keepAlive: boolean }) {
    this.#url = url
    this.#agent = new Agent({ keepAlive })
    this.#timer = setInterval(() => void this.#poll(), 2)
  }

  /** Everything that has been answered, or has failed, so far. */
  get polls(): readonly Poll[] {
    return this.#polls
  }

  /** Resolves once a version, or a later one, has answered. */
  async until(version: number, { withinMs = 30_000 } = {}): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#watchers.delete(look)
        settle()
      }
      const look = () => {
        if (this.#polls.some((poll) => (poll.version ?? -1) >= version)) finish(resolve)
      }
      const timer = setTimeout(() => {
        finish(() => reject(new Error(`${this.#url} did not answer with version ${version} within ${withinMs} ms`)))
      }, withinMs)
      this.#watchers.add(look)
      look()
    })
  }

  /** Waits for what is on its way, and gives everything. */
  async stop(): Promise<readonly Poll[]> {
    clearInterval(this.#timer)
    while (this.#waiting > 0) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#watchers.delete(look)
          resolve()
        }
        this.#watchers.add(look)
      })
    }
    this.#agent.destroy()
    return this.#polls
  }

  async #poll(): Promise<void> {
    if (this.#waiting >= mostWaiting) return
    this.#waiting += 1
    const sentAt = performance.now()
    const version = await readVersion(this.#url, this.#agent)
    this.#waiting -= 1
    this.#polls.push({ sentAt, endedAt: performance.now(), version })
    for (const look of [...this.#watchers]) look()
  }
}

/** Undefined for anything but 200 and a version. */
async function readVersion(url: string, agent: Agent): Promise<number | undefined> {
  try {
    const { statusCode, body } = await ask(url, { agent })
    const { version } = JSON.parse(body) as { version?: unknown }
    return statusCode === 200 && typeof version === 'number' ? version : undefined
  } catch {
    return undefined
  }
}
