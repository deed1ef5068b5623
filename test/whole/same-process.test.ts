import { once } from 'node:events'
import { expect, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'

/** What services do to the process that they share with the program: `serve --no-watch` and `invoke`. */

const env = { TOKEN: 'canary-token-5f2c' }

const files = {
  'zato.yaml': `
security:
  - { name: Token, type: bearer_token, static_token: "\${TOKEN}" }
channel_rest:
  - { name: Chatty, url_path: /chatty, service: chatty }
  - { name: Late, url_path: /late, service: late }
`,
  'services/all.ts': `
import { Service } from 'zato-ts'
console.log('while it loads')
export class Chatty extends Service {
  static override readonly name = 'chatty'
  async handle() {
    console.log('plain', process.env.TOKEN)
    console.error('two\\nlines')
    process.stdout.write('no line ')
    process.stdout.write(Buffer.from('end\\n'))
    await new Promise((resolve) => process.stderr.write('called back\\n', () => resolve(undefined)))
    return { done: true }
  }
}
export class Late extends Service {
  static override readonly name = 'late'
  handle() {
    setTimeout(() => { throw Object.assign(new Error('late ' + process.env.TOKEN), { token: process.env.TOKEN }) }, 10)
    return new Promise(() => undefined)
  }
}
`,
}

const written = [
  { level: 'info', message: 'plain [redacted]', service: 'chatty' },
  { level: 'warn', message: 'two\nlines', service: 'chatty' },
  { level: 'info', message: 'no line end', service: 'chatty' },
  { level: 'warn', message: 'called back', service: 'chatty' },
]

test('without watching, what services write past the logger is log lines, with their cid and without secrets', async () => {
  const server = await serve(await temporaryProject(files), ['--no-watch'], env)
  const response = await fetch(`${server.url}chatty`)
  expect(await response.json()).toEqual({ done: true })
  await server.stop()
  const logs = server.events().filter(({ type }) => type === 'log')
  expect(logs).toMatchObject([{ message: 'while it loads' }, ...written])
  expect(logs[1]?.cid).toBe(response.headers.get('x-zato-cid'))
  expect(server.stderr()).toBe('')
})

test('without watching, an error that nobody catches ends the server, and nothing tells its secrets', async () => {
  const server = await serve(await temporaryProject(files), ['--no-watch'], env)
  const ended = once(server.process, 'exit')
  expect((await fetch(`${server.url}late`)).status).toBe(500)
  expect(await ended).toEqual([1, null])
  const text = JSON.stringify(server.events()) + server.stderr()
  expect(text).toContain('late [redacted]')
  expect(text).not.toContain(env.TOKEN)
  expect(server.events()).toContainEqual(expect.objectContaining({ type: 'failed', message: 'Error: late [redacted]' }))
})

test('an invoked service writes its payload to stdout, and nothing else', async () => {
  const cwd = await temporaryProject(files)
  const plain = await zato(['invoke', 'chatty'], { cwd, env })
  expect(plain).toMatchObject({ code: 0, stdout: '{"done":true}' })
  expect(plain.stderr).toMatch(/while it loads[^]*plain \[redacted\][^]*two .*\n {2}lines[^]*no line end/)
  const json = await zato(['invoke', 'chatty', '--json'], { cwd, env })
  expect(JSON.parse(json.stdout)).toMatchObject({
    payload: { done: true },
    logs: [{ message: 'while it loads' }, ...written],
  })
  expect(json.stderr).toBe('')
})

test('an invoked service that lets an error escape is an error of a code, without secrets', async () => {
  const cwd = await temporaryProject(files)
  const { code, stdout, stderr } = await zato(['invoke', 'late'], { cwd, env })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('error[ZS501]: Nobody caught an error of the service "late": Error: late [redacted]')
  expect(stderr).not.toContain(env.TOKEN)
})
