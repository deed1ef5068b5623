import { request } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { channels, serveProject, service } from './serving.js'
import { until } from './until.js'

test('a body of several megabytes is passed through byte by byte', async () => {
  const project = await serveProject({
    'zato.yaml': channels('echo').replace('service: echo', 'service: echo, data_format: text'),
    'services/echo.ts': service('echo', 'return this.request.raw'),
  })
  const body = Buffer.from(Array.from({ length: 7_000_000 }, (_, index) => (index * 31) % 256))
  const response = await project.fetch('/echo', { method: 'POST', body })
  expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0)
})

test('a stream arrives piece by piece, while it is being made', async () => {
  const project = await serveProject({
    'zato.yaml': channels('stream'),
    'services/stream.ts': service(
      'stream',
      `const next = () => new Promise((resolve) => setTimeout(resolve, 100))
      return new ReadableStream({
        async start(controller) {
          for (const piece of ['one ', 'two ', 'three']) {
            controller.enqueue(new TextEncoder().encode(piece))
            await next()
          }
          controller.close()
        },
      })`,
    ),
  })
  const response = await project.fetch('/stream')
  const pieces: string[] = []
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
    pieces.push(Buffer.from(piece).toString())
  expect(pieces.length).toBeGreaterThan(1)
  expect(pieces.join('')).toBe('one two three')
})

test('a caller that goes away aborts the signal of its service', async () => {
  const project = await serveProject({
    'zato.yaml': channels('wait'),
    'services/wait.ts': service(
      'wait',
      `this.logger.info('begun')
      await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
      this.logger.info('aborted')`,
    ),
  })
  const caller = request(new URL('/wait', project.server.url)).on('error', () => undefined)
  caller.end()
  await until(() => project.logs.some(({ message }) => message === 'begun'))
  caller.destroy()
  await until(() => project.logs.some(({ message }) => message === 'aborted'))
})

test('a stack trace names the TypeScript', async () => {
  const project = await serveProject({
    'zato.yaml': channels('bad'),
    'services/bad.ts': `interface Gone {
  readonly at: 'compile time'
}
${service('bad', `throw new Error('on purpose')`)}`,
  })
  expect((await project.fetch('/bad')).status).toBe(500)
  const entry = await until(() => project.logs.find(({ level }) => level === 'error'))
  expect(JSON.stringify(entry)).toContain(JSON.stringify(`${join(project.root, 'services/bad.ts')}:8:11`).slice(1, -1))
})

test('what a service writes past the logger becomes log lines', async () => {
  const project = await serveProject({
    'zato.yaml': channels('print'),
    'services/print.ts': service('print', `console.log('to stdout'); console.error('to stderr'); return 1`),
  })
  await project.get('/print')
  const printed = await until(() => {
    const found = project.logs.filter(({ message }) => message.startsWith('to std'))
    return found.length === 2 && found
  })
  expect(printed.map(({ level, message }) => [level, message]).sort()).toEqual([
    ['info', 'to stdout'],
    ['warn', 'to stderr'],
  ])
})

test('a secret of the project is in no log line, however it gets there', async () => {
  const project = await serveProject({
    'zato.yaml': `security: [{ name: S, type: apikey, password: 'canary-5f2c' }]\n${channels('leak')}`,
    'services/leak.ts': service(
      'leak',
      `const secret = 'canary-' + '5f2c'
      this.logger.info('It is ' + secret, { nested: { list: [secret] }, error: new Error(secret), password: 'x1' })
      console.log(secret)
      setTimeout(() => { throw new Error(secret) }, 1)
      throw new Error(secret)`,
    ),
  })
  expect(await project.get('/leak')).not.toContain('canary')
  await until(() => project.logs.length >= 4)
  expect(JSON.stringify([project.logs, project.events])).not.toMatch(/canary-5f2c|"x1"/)
})

test('the environment of the services is that of the project alone', async () => {
  const project = await serveProject(
    {
      'zato.yaml': channels('env'),
      '.env': 'FROM_FILE=1\nBOTH=file\n',
      'services/env.ts': service(
        'env',
        `return [process.env.FROM_FILE, process.env.BOTH, process.env.GONE, process.env.VITEST].join()`,
      ),
    },
    { env: { BOTH: 'real', PATH: process.env.PATH } },
  )
  expect(await project.get('/env')).toBe('1,real,,')
})

test('services know their own place, await at their top level and import packages of either kind', async () => {
  const project = await serveProject({
    'zato.yaml': channels('place'),
    'node_modules/old/index.js': `exports.name = 'old'`,
    'node_modules/new/package.json': '{"type":"module","exports":"./index.js"}',
    'node_modules/new/index.js': `export const name = 'new'`,
    'services/place.ts': `import { name as old } from 'old'
import { name as fresh } from 'new'
const late = await Promise.resolve('late')
${service('place', 'return [import.meta.url, old, fresh, late]')}`,
  })
  const url = pathToFileURL(join(project.root, 'services/place.ts')).href
  expect(JSON.parse(await project.get('/place'))).toEqual([url, 'old', 'new', 'late'])
})

test('a service without a name of its own is called after its file and its export', async () => {
  const handle = `import { Service } from 'zato-ts'
    class Renamed extends Service { handle() { return this.request.http.path } }
    export { Renamed as GetInvoice }`
  const project = await serveProject({
    'zato.yaml': 'channel_rest: [{ name: A, url_path: /a, service: billing.get-invoice.get-invoice }]',
    'services/billing/get-invoice.ts': handle,
    'services/billing/other.ts': handle,
  })
  expect(await project.get('/a')).toBe('/a')
})
