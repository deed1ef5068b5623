import { expect, test } from 'vitest'
import { createContext } from '../../src/commands/context.js'
import { lineReporter } from '../../src/commands/serve/line-report.js'
import type { ServerEvent } from '../../src/runtime/events.js'
import type { RunningServer } from '../../src/runtime/server.js'
import { FakeIo } from '../helpers/run-cli.js'

function reporterOf() {
  const io = new FakeIo({})
  let text = ''
  io.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const reporter = lineReporter(createContext(io, { input: false }, new AbortController().signal))
  return { reporter, shown: () => text.split('\n') }
}

const server = { url: 'http://127.0.0.1:1/', project: undefined } as RunningServer

const request = (path: string): ServerEvent => ({
  type: 'request',
  cid: 'c1',
  method: 'GET',
  path,
  statusCode: 404,
  elapsedMs: 1,
  size: 0,
  aborted: false,
})

const positions = (lines: readonly string[], ...wanted: readonly string[]) =>
  wanted.map((text) => lines.findIndex((line) => line.includes(text)))

test('what requests have to tell waits for the banner, what the server has to tell does not', async () => {
  const { reporter, shown } = reporterOf()
  reporter.event(request('/early'))
  reporter.log({ time: 0, level: 'info', message: 'of a request', cid: 'c1' })
  reporter.log({ time: 0, level: 'warn', message: 'of the server' })
  reporter.started(server, undefined)
  reporter.event(request('/late'))
  await reporter.end()
  const found = positions(shown(), 'of the server', 'zato-ts ', '/early', 'of a request', '/late')
  expect(found).toEqual([...found].sort((a, b) => a - b))
  expect(found).not.toContain(-1)
})

test('a server that does not come up loses none of them', async () => {
  const { reporter, shown } = reporterOf()
  reporter.event(request('/early'))
  await reporter.end()
  expect(positions(shown(), '/early')).toEqual([0])
})

test('a start that takes so long that thousands come tells of them meanwhile', async () => {
  const { reporter, shown } = reporterOf()
  for (let at = 0; at < 1500; at += 1) reporter.event(request(`/${at}`))
  reporter.started(server, undefined)
  await reporter.end()
  const [one, banner] = positions(shown(), '/1200', 'zato-ts ')
  expect(one).toBeLessThan(banner ?? 0)
})
