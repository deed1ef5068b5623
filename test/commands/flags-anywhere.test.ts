import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cli } from '../helpers/run-cli.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

let upstream: Upstream
let project: TemporaryProject

beforeAll(async () => {
  upstream = await startUpstream()
  project = await temporaryProject({
    'zato.yaml': `outgoing_rest:\n  - name: Orders API\n    host: ${upstream.url}\n    url_path: /customers/{customer_id}/orders\n`,
    'p.json': '{"customer_id": 7, "status": ["a", "b"], "open": true}',
  })
})

afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const name = 'Orders API'

describe('call reaches the same address however its parameters are written', () => {
  const table: [argv: string[], url: string][] = [
    [['call', name, '--params', 'customer_id=1', '--params', 'status=x'], '/customers/1/orders?status=x'],
    [['call', name, '--params', 'customer_id=1', 'status=x'], '/customers/1/orders?status=x'],
    [['call', '--params', 'customer_id=1', name], '/customers/1/orders'],
    [['call', '--params', 'customer_id=1', 'status=x', name], '/customers/1/orders?status=x'],
    [['--params', 'customer_id=1', 'call', name], '/customers/1/orders'],
    [['call', '--params', 'customer_id=1', '--', name], '/customers/1/orders'],
    [['call', '--params=customer_id=1', name], '/customers/1/orders'],
    [['call', name, '--params', '{"customer_id": "a/b", "n": 1, "none": null}'], '/customers/a%2Fb/orders?n=1'],
    [['call', name, '--params', '@p.json'], '/customers/7/orders?status=a&status=b&open=true'],
    [['call', name, '--params', '-'], '/customers/from%20stdin/orders'],
    [['call', '-v', '--params', 'customer_id=1', '-i', name, '-q'], '/customers/1/orders'],
    [['call', name, '--params', 'customer_id=-1', 's=--x'], '/customers/-1/orders?s=--x'],
  ]
  for (const [argv, url] of table) {
    test(argv.join(' '), async () => {
      const stdin = '{"customer_id": "from stdin"}'
      const { code, stderr } = await cli(argv, { cwd: project.dir, stdin })
      expect(code, stderr).toBe(0)
      expect(upstream.requests.map((request) => request.url)).toEqual([url])
    })
  }
})
