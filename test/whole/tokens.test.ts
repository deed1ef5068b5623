import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serving, serve } from '../helpers/serve.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

let dir: string
let api: Upstream
let authority: Upstream
let serving: Serving

const service = (version: number) => `
import { Service } from 'zato-ts'
export class Orders extends Service {
  static override readonly name = 'orders'
  async handle() {
    const { statusCode } = await this.out.rest['Orders API'].conn.get(this.cid)
    this.logger.info('called with ' + 'fetched-token-1')
    return { version: ${version}, statusCode }
  }
}
`

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tokens-'))
  let count = 0
  authority = await startUpstream(() => ({
    body: JSON.stringify({ access_token: `fetched-token-${(count += 1)}`, expires_in: 3600 }),
  }))
  api = await startUpstream(({ headers }) => ({
    status: headers.authorization === 'Bearer fetched-token-1' ? 200 : 401,
  }))
  await mkdir(join(dir, 'services'))
  await writeFile(join(dir, 'services', 'orders.ts'), service(1))
  await writeFile(
    join(dir, 'zato.yaml'),
    `security:
  - { name: OAuth, type: bearer_token, auth_server_url: "${authority.url}/token", username: shop, password: "\${SECRET}", scopes: [a, b] }
outgoing_rest:
  - { name: Orders API, host: "${api.url}", security: OAuth }
channel_rest:
  - { name: Orders, service: orders, url_path: /orders }
`,
  )
  serving = await serve(dir, [], { SECRET: 'long-enough' })
})

afterAll(async () => {
  await serving.stop()
  await Promise.all([api.close(), authority.close()])
  await rm(dir, { recursive: true })
})

const call = async () =>
  (await fetch(`${serving.url}orders`)).json() as Promise<{ version: number; statusCode: number }>

test('a token that was fetched is used on after a reload, and still hidden', async () => {
  expect(await call()).toEqual({ version: 1, statusCode: 200 })
  await writeFile(join(dir, 'services', 'orders.ts'), service(2))
  await expect.poll(async () => (await call()).version, { timeout: 20_000 }).toBe(2)
  expect(await call()).toEqual({ version: 2, statusCode: 200 })
  expect(authority.requests).toHaveLength(1)
  expect(authority.requests[0]?.body.toString()).toContain('scope=a+b')
  const told = JSON.stringify(serving.events()) + serving.stderr()
  expect(told).toContain('called with [redacted]')
  expect(told).not.toContain('fetched-token-1')
})
