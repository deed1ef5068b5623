import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cli, zato } from '../helpers/run-cli.js'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { type UpstreamHandler, startUpstream } from '../helpers/upstream.js'
import { Inbox, askServer } from '../../src/runtime/inbox.js'
import { until } from '../runtime/until.js'

async function upstreamOf(handler?: UpstreamHandler) {
  const upstream = await startUpstream(handler)
  onTestFinished(() => upstream.close())
  return upstream
}

const secretToken = 'fetched-secret-token'

/** A server of tokens, an API, and a project that calls it. */
async function shop(reply: object = { access_token: secretToken, expires_in: 3600, scope: 'orders:read' }) {
  const authority = await upstreamOf(() => ({ body: JSON.stringify(reply) }))
  const api = await upstreamOf()
  const cwd = await temporaryProject({
    'zato.yaml': `
security:
  - { name: Orders, type: bearer_token, auth_server_url: '${authority.url}/token', username: shop, password: '\${SHOP_SECRET}', scopes: a b }
  - { name: Other, type: bearer_token, auth_server_url: '${authority.url}/other', username: shop, password: other-secret }
  - { name: Key, type: apikey, password: some-long-key }
outgoing_rest:
  - { name: Orders API, host: '${api.url}', security: Orders }
  - { name: Other API, host: '${api.url}', security: Other }
  - { name: Keyed, host: '${api.url}', security: Key }
  - { name: Open, host: '${api.url}' }
channel_rest:
  - { name: Orders, service: orders, url_path: '/orders' }
`,
    '.env': 'SHOP_SECRET=long-enough\n',
    'services/orders.ts': `
import { Service } from 'zato-ts'
export class Orders extends Service {
  static override readonly name = 'orders'
  async handle() {
    const codes = []
    for (const name of ['Orders API', 'Other API']) codes.push((await this.out.rest[name].conn.get(this.cid)).statusCode)
    return codes
  }
}`,
  })
  return { cwd, authority, api }
}

test('how a token was come by is told by call with -v alone', async () => {
  const { cwd } = await shop()
  const quiet = await cli(['call', 'Orders API'], { cwd })
  expect(quiet.code).toBe(0)
  expect(quiet.stderr).not.toContain('Fetched')
  const verbose = await cli(['call', 'Orders API', '-v'], { cwd })
  expect(verbose.stderr).toContain('Fetched a token of "Orders"')
})

describe('token show', () => {
  for (const name of ['Orders', 'Orders API']) {
    test(`fetches one as a call would, by the name "${name}", and never shows it`, async () => {
      const { cwd, authority } = await shop()
      const { code, stdout, stderr } = await cli(['token', 'show', name, '--json'], { cwd })
      expect([code, stderr]).toEqual([0, ''])
      expect(JSON.parse(stdout)).toEqual({
        v: 1,
        tokens: [
          {
            definition: 'Orders',
            endpoint: `${authority.url}/token`,
            type: 'Bearer',
            token: '[redacted]',
            length: secretToken.length,
            scopes: 'orders:read',
            askedScopes: 'a b',
            expiresInSeconds: 3600,
            renewsAt: expect.any(String) as string,
            tookMs: expect.any(Number) as number,
          },
        ],
      })
      expect(String(authority.requests[0]?.body)).toContain('scope=a+b')
    })
  }

  test('shows those of all definitions, and for people says the same', async () => {
    const { cwd } = await shop({ access_token: secretToken })
    const { code, stdout } = await cli(['token', 'show'], { cwd, tty: true, columns: 60, env: { NO_COLOR: '1' } })
    expect(code).toBe(0)
    expect(stdout).toContain('token of Orders\n')
    expect(stdout).toContain('token of Other\n')
    expect(stdout).toContain('the server does not say')
    expect(stdout).not.toContain(secretToken)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })

  test('asks for other scopes', async () => {
    const { cwd, authority } = await shop()
    await cli(['token', 'show', 'Orders', '--scopes', ' x:1   y '], { cwd })
    expect(String(authority.requests[0]?.body)).toContain('scope=x%3A1+y')
  })

  test('tells why there is none, with the secret hidden', async () => {
    const { cwd, authority } = await shop()
    authority.reply({ status: 400, body: '{"error":"invalid_scope","error_description":"long-enough is no scope"}' })
    const { code, stdout, stderr } = await cli(['token', 'show', 'Orders'], { cwd })
    expect([code, stdout]).toEqual([6, ''])
    expect(stderr).toContain('error[ZN303]: No token for "Orders": POST ')
    expect(stderr).toContain('invalid_scope ([redacted] is no scope)')
  })

  const wrong: [name: string, message: string][] = [
    ['Key', '"Key" is of type apikey: no token is fetched for it'],
    ['Keyed', 'The connection "Keyed" uses "Key", which is of type apikey: no token is fetched for it'],
    ['Open', 'The connection "Open" has no security definition: no token is fetched for it'],
    ['Order', 'Unknown connection or security definition "Order"'],
  ]
  for (const [name, message] of wrong) {
    for (const words of [
      ['token', 'show', name],
      ['token', 'clear', name],
    ]) {
      test(`${words.join(' ')} is a mistake`, async () => {
        const { cwd } = await shop()
        const { code, stderr } = await cli(words, { cwd })
        expect(code).toBe(2)
        expect(stderr).toContain(message)
      })
    }
  }

  test('without the secret says which variable is missing', async () => {
    const { cwd } = await shop()
    await writeFile(join(cwd, '.env'), '')
    const { code, stderr } = await cli(['token', 'show', 'Orders'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('error[ZN502]: No token of "Orders": The environment variable "SHOP_SECRET" is missing')
  })
})

describe('token clear', () => {
  for (const flags of [[], ['--no-watch'], ['--poll']]) {
    test(`makes "serve ${flags.join(' ')}" fetch anew, and leaves nothing behind`, async () => {
      const { cwd, authority } = await shop()
      const serving = await serve(cwd, flags)
      onTestFinished(() => void serving.stop())
      const call = async () => (await fetch(`${serving.url}orders`)).json()
      expect(await call()).toEqual([200, 200])
      expect(await call()).toEqual([200, 200])
      expect(authority.requests).toHaveLength(2)
      // The record is written when the first requests may already have been answered.
      await until(async () => (await readdir(join(cwd, '.zato/servers')).catch(() => [])).length > 0)
      const one = await zato(['token', 'clear', 'Orders API', '--json'], { cwd })
      expect(JSON.parse(one.stdout)).toMatchObject({ servers: [{ pid: serving.process.pid, cleared: 1 }] })
      expect(await call()).toEqual([200, 200])
      expect(authority.requests.map(({ url }) => url)).toEqual(['/token', '/other', '/token'])
      const all = await zato(['token', 'clear'], { cwd })
      expect([all.code, all.stderr]).toEqual([0, expect.stringContaining('has forgotten 2 tokens')])
      expect(await call()).toEqual([200, 200])
      expect(authority.requests).toHaveLength(5)
      await serving.stop()
      expect(await readdir(join(cwd, '.zato/servers'))).toEqual([])
    })
  }

  test('says so if nothing runs', async () => {
    const { cwd } = await shop()
    const { code, stderr } = await cli(['token', 'clear'], { cwd })
    expect([code, stderr]).toEqual([0, expect.stringContaining('No server of this project is running')])
  })
})

test('a server leaves alone what is no request, and a command does not wait for ever', async () => {
  const folder = await temporaryProject({})
  const record = join(folder, '1-a.json')
  const asked: unknown[] = []
  const inbox = new Inbox(record, { answer: (request) => ({ cleared: asked.push(request) }) })
  onTestFinished(() => inbox.close())
  for (const text of ['', '{', 'null', '[1]', '{"v":2,"command":"clear-tokens"}', '{"v":1,"command":"stop"}']) {
    await writeFile(join(folder, '1-a.request'), text)
    await until(async () => !(await readdir(folder)).includes('1-a.request') || text === '')
  }
  expect(asked).toEqual([])
  expect(await askServer(record, { command: 'clear-tokens', definition: 'A' })).toEqual({ cleared: 1 })
  expect(asked).toEqual([{ command: 'clear-tokens', definition: 'A' }])
  inbox.close()
  expect(await askServer(record, { command: 'clear-tokens' })).toBeUndefined()
  expect(await askServer(join(folder, 'none', '1-a.json'), { command: 'clear-tokens' })).toBeUndefined()
})
