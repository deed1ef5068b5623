import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { channels, serveProject, service } from './serving.js'

const yaml = (port: number) => `server: { port: ${port} }\n${channels('a')}`

test('a port that cannot be had is an error in the log; taking the change back, or another port, is all it needs', async () => {
  const busy = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => busy.once('listening', resolve))
  onTestFinished(() => void busy.close())
  const { port: taken } = busy.address() as AddressInfo
  const [first, second] = [await unused(), await unused()]
  const project = await serveProject(
    { 'zato.yaml': yaml(first), 'services/a.ts': service('a', `return 'a'`) },
    { port: undefined },
  )
  const { url } = project.server
  const refusals = () => project.logs.filter(({ message }) => message.startsWith('The server stays on')).length
  await project.write('zato.yaml', yaml(taken))
  await expect.poll(refusals, { timeout: 10_000 }).toBe(1)

  await project.write('zato.yaml', yaml(first))
  await project.event('reloaded')
  expect(project.server.url).toBe(url)
  await project.write('zato.yaml', yaml(second))
  await project.event('moved')
  expect(new URL(project.server.url).port).toBe(String(second))
  expect(refusals()).toBe(1)
  expect(await project.get('/a')).toBe('a')
})

async function unused(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
