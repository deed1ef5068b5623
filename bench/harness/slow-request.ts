import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { ask } from './ask.js'

/** Longer than any reload; whoever has no answer by then has lost it. */
const longestMs = 30_000

/** A request whose reply has begun and is held back by the server, so that a save comes in between. */
export class SlowRequest {
  readonly #agent: Agent
  readonly #text: Promise<string>

  /** Sends it, on a connection that has been used before if it is `kept`, and waits for the begin of the reply. */
  static async begin(url: string, { kept, warmUp }: { kept: boolean; warmUp: string }): Promise<SlowRequest> {
    const agent = new Agent({ keepAlive: kept, maxSockets: 1 })
    if (kept) await ask(warmUp, { agent })
    const outgoing = request(url, { agent, signal: AbortSignal.timeout(longestMs) })
    outgoing.end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const { promise, begun } = read(response)
    await begun
    return new SlowRequest(agent, promise)
  }

  private constructor(agent: Agent, text: Promise<string>) {
    this.#agent = agent
    this.#text = text
  }

  /** The version that has answered, once it has; undefined if the reply broke off. */
  async version(): Promise<number | undefined> {
    try {
      const { version } = JSON.parse(await this.#text) as { version?: unknown }
      return typeof version === 'number' ? version : undefined
    } catch {
      return undefined
    } finally {
      this.#agent.destroy()
    }
  }
}

function read(response: IncomingMessage): { readonly promise: Promise<string>; readonly begun: Promise<unknown> } {
  let text = ''
  const promise = new Promise<string>((resolve, reject) => {
    response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    response.on('end', () => resolve(text)).on('error', reject)
  })
  // It is asked for later.
  promise.catch(() => undefined)
  return { promise, begun: once(response, 'data') }
}
