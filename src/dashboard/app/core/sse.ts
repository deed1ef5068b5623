/** One message of a `text/event-stream`. */
export interface Message {
  readonly id: string | undefined
  readonly data: string
}

/** Cuts what arrives, in whatever pieces, into messages. Comments are dropped. */
export class SseParser {
  #rest = ''

  push(chunk: string): Message[] {
    const blocks = (this.#rest + chunk).replace(/\r\n?/g, '\n').split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      const message = messageOf(block)
      return message ? [message] : []
    })
  }
}

function messageOf(block: string): Message | undefined {
  const fields = block.split('\n').map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
  })
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  if (data.length === 0) return undefined
  return { id: fields.findLast(([name]) => name === 'id')?.[1], data: data.join('\n') }
}

/** Milliseconds before the next attempt: 0.5 s, doubling to 8 s, a fifth of it by chance. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const whole = Math.min(8000, 500 * 2 ** Math.max(0, failures - 1))
  return Math.round(whole * (0.8 + 0.2 * random()))
}
