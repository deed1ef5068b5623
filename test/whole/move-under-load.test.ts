import { writeFile } from 'node:fs/promises'
import { Agent, get as httpGet } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { channels, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

/** The real server moves to another port again and again while it is asked: whoever has come to the old one is answered. */

const moves = 5
const callers = 8

const yaml = (port: number) => `server: { port: ${port} }\n${channels('quick', 'slow')}`

const files = (port: number) => ({
  'zato.yaml': yaml(port),
  'services/quick.ts': service('quick', `await new Promise((done) => setTimeout(done, 5)); return 'quick'`),
  'services/slow.ts': service(
    'slow',
    `this.logger.info('begun'); await new Promise((done) => setTimeout(done, 700)); return 'slow'`,
  ),
})

/** The text of the answer, or the code of the error. */
function ask(port: number, path: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const request = httpGet({ host: '127.0.0.1', port, path, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('error', (error) => resolve(String(error)))
      response.on('end', () => resolve(text))
    })
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? String(error)))
  })
}

async function unused(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('while the port changes under load, each request is answered or refused before it was made', async () => {
  let port = await unused()
  const root = await temporaryProject(files(port))
  const server = await serve(root, [], {}, { onOwnPort: true })
  onTestFinished(() => void server.process.kill('SIGKILL'))
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })] as const
  const answers = new Map<string, number>()
  let isOver = false
  const callAgainAndAgain = async (agent: Agent) => {
    while (!isOver) {
      const answer = await ask(port, '/quick', agent)
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      if (answer === 'ECONNREFUSED') await wait(1)
    }
  }
  const calling = Array.from({ length: callers }, (_, n) => callAgainAndAgain(agents[n % 2 === 0 ? 0 : 1]))
  const count = (test: (event: Record<string, unknown>) => boolean) => server.events().filter(test).length
  const slow: Promise<string>[] = []
  for (let move = 1; move <= moves; move++) {
    slow.push(ask(port, '/slow', agents[0]))
    await until(() => count(({ message }) => message === 'begun') === move)
    const next = await unused()
    await writeFile(join(root, 'zato.yaml'), yaml(next))
    await until(() => count(({ type }) => type === 'moved') === move)
    port = next
    const before = answers.get('quick') ?? 0
    await until(() => (answers.get('quick') ?? 0) > before + callers * 5)
  }
  isOver = true
  await Promise.all(calling)
  expect(await Promise.all(slow)).toEqual(slow.map(() => 'slow'))
  for (const agent of agents) agent.destroy()
  expect(await server.stop()).toBe(0)
  expect([...answers.keys()].filter((answer) => answer !== 'quick' && answer !== 'ECONNREFUSED')).toEqual([])
  expect(answers.get('quick')).toBeGreaterThan(moves * callers * 5)
}, 60_000)
