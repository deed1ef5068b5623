import { Agent, get as httpGet } from 'node:http'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from '../runtime/until.js'

/** The real server under load, saved again and again: nothing is lost, and nobody is answered by code that is gone. */

const reloads = 20
const callers = 16

const versioned = (version: number) => `import { Service } from 'zato-ts'
export class Quick extends Service {
  static override readonly name = 'quick'
  handle() {
    return { version: ${version} }
  }
}
export class Slow extends Service {
  static override readonly name = 'slow'
  async handle() {
    this.logger.info('begun')
    await new Promise((resolve) => setTimeout(resolve, Number(this.request.http.query.ms)))
    return { version: ${version} }
  }
}
`

interface Answer {
  /** When the request was made. */
  readonly askedAt: number
  readonly answeredAt: number
  readonly status: number
  readonly version: number
}

function ask(url: string, agent: Agent): Promise<Answer> {
  const askedAt = performance.now()
  return new Promise((resolve, reject) => {
    const request = httpGet(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('error', reject)
      response.on('end', () => {
        const { version } = JSON.parse(text) as { version: number }
        resolve({ askedAt, answeredAt: performance.now(), status: response.statusCode ?? 0, version })
      })
    })
    request.on('error', reject)
  })
}

/** Those that were asked for after a newer version had answered, and got an older one. */
function staleOf(answers: readonly Answer[]): Answer[] {
  const firstAnswerOf = new Map<number, number>()
  for (const { version, answeredAt } of answers) {
    firstAnswerOf.set(version, Math.min(firstAnswerOf.get(version) ?? Infinity, answeredAt))
  }
  return answers.filter(({ version, askedAt }) => (firstAnswerOf.get(version + 1) ?? Infinity) < askedAt)
}

test('under load no request fails and none is stale, and a slow one is answered by the code that it began with', async () => {
  const root = await temporaryProject({
    'zato.yaml': `channel_rest:
  - { name: quick, url_path: /quick, service: quick }
  - { name: slow, url_path: /slow, service: slow }
`,
    'services/all.ts': versioned(0),
  })
  const server = await serve(root)
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })] as const
  const answers: Answer[] = []
  let isOver = false
  const callAgainAndAgain = async (agent: Agent) => {
    while (!isOver) answers.push(await ask(`${server.url}quick`, agent))
  }
  const calling = Array.from({ length: callers }, (_, n) => callAgainAndAgain(agents[n % 2 === 0 ? 0 : 1]))
  const slow: Promise<Answer>[] = []
  const begun = () => server.events().filter(({ message }) => message === 'begun').length
  for (let version = 1; version <= reloads; version++) {
    const before = begun()
    if (version % 5 === 0) {
      slow.push(ask(`${server.url}slow?ms=400`, agents[0]))
      await until(() => begun() > before)
    }
    await writeFile(join(root, 'services/all.ts'), versioned(version))
    await until(() => answers.some((answer) => answer.version === version))
  }
  isOver = true
  await Promise.all(calling)
  const late = await Promise.all(slow)
  for (const agent of agents) agent.destroy()
  expect(await server.stop()).toBe(0)
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(staleOf(answers)).toEqual([])
  expect(late.map(({ status, version }) => [status, version])).toEqual(late.map((_, n) => [200, n * 5 + 4]))
}, 120_000)
