import { Cancellation } from '../../src/cancellation.js'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Incoming, Outcome } from '../../src/exchange.js'
import { readProject } from '../../src/project/read.js'
import { loadHere } from '../../src/runtime/load-here.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from './until.js'

const incoming: Incoming = {
  cid: 'c1',
  service: 'late',
  method: 'GET',
  path: '/',
  params: {},
  query: {},
  headers: {},
  remoteAddress: '127.0.0.1',
}

async function load(code: string) {
  const root = await temporaryProject({
    'zato.yaml': '',
    'services/late.ts': `import { Service } from 'zato-ts'\n${code}`,
  })
  const { project } = await readProject({ file: join(root, 'zato.yaml'), env: {} })
  if (!project) throw new Error('The project cannot be read')
  const { host } = await loadHere({ project, logSink: () => undefined })
  onTestFinished(() => host.close({ drainMs: 0 }))
  return host
}

test('of a request that was answered in place of its service, what the service comes to counts no more, and its stream ends', async () => {
  const host = await load(`export class Late extends Service {
  static override readonly name = 'late'
  async handle() {
    await new Promise((resolve) => Object.assign(globalThis, { goOn: resolve }))
    return new ReadableStream({ cancel: () => void Object.assign(globalThis, { wasCancelled: true }) })
  }
}
`)
  const outcomes: Outcome[] = []
  host.run(incoming, new Uint8Array(), { signal: new Cancellation(), done: (outcome) => void outcomes.push(outcome) })
  host.fail(incoming, { statusCode: 500, headers: {} })
  const shared = globalThis as { goOn?: () => void; wasCancelled?: boolean }
  shared.goOn?.()
  await until(() => shared.wasCancelled)
  expect(outcomes.map(({ statusCode }) => statusCode)).toEqual([500])
})

test('a host that closes waits for the requests that it is answering', async () => {
  const host = await load(`export class Late extends Service {
  static override readonly name = 'late'
  async handle() {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return 'done'
  }
}
`)
  const order: string[] = []
  host.run(incoming, new Uint8Array(), { signal: new Cancellation(), done: () => void order.push('answered') })
  await host.close({ drainMs: 10_000 })
  expect([...order, 'closed']).toEqual(['answered', 'closed'])
})
