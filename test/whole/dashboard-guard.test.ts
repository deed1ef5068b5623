import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { type Serving, serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { until } from '../runtime/until.js'

/** The dashboard of the real binary, attacked with sockets that say whatever they like. */

interface Target {
  readonly folder: string
  readonly serving: Serving
  readonly upstream: Upstream
  readonly port: number
  readonly token: string
  /** Changes with every byte of zato.yaml. */
  readonly hash: () => Promise<string>
}

const canary = 'canary-4f1d9a7c'

async function startTarget(args: readonly string[] = []): Promise<Target> {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const folder = await temporaryProject({
    'zato.yaml': `# untouched
security:
  - { name: Key, type: apikey, password: '\${KEY}' }
outgoing_rest:
  - { name: API, host: '${upstream.url}', url_path: /pay, security: Key }
channel_rest:
  - { name: Page, url_path: /page, service: page }
  - { name: Reach, url_path: '/reach/{port}', service: reach }
`,
    'services/page.ts': `import { Service } from 'zato-ts'
export class Page extends Service {
  static override readonly name = 'page'
  handle() { this.response.payload = '<script>fetch("http://localhost:8183/_zato/api/v1/state")</script>' }
}
`,
  })
  const serving = await serve(folder, ['--dashboard-port', '0', ...args], { KEY: canary })
  onTestFinished(async () => {
    await serving.stop()
  })
  const { url } = await until(() => serving.events().find(({ type }) => type === 'dashboard') as { url: string })
  const file = join(folder, 'zato.yaml')
  return {
    folder,
    serving,
    upstream,
    port: Number(new URL(url).port),
    token: (await readFile(join(folder, '.zato/dev-token'), 'utf8')).trim(),
    hash: async () =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
  }
}

/** What comes back for these bytes. */
async function raw(port: number, request: string, host = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host })
  await once(socket, 'connect')
  // Not ended: whoever ends it does not wait for the reply.
  socket.write(request.replace('\n', '\nConnection: close\n').replaceAll('\n', '\r\n'))
  return text(socket)
}

const statusOf = (reply: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1])

const edit = JSON.stringify({
  operations: [{ op: 'remove', section: 'outgoing_rest', name: 'API' }],
  baseRevision: '',
})
const call = JSON.stringify({ method: 'POST', body: '{}' })

const api = '/_zato/api/v1'

describe('attacks', () => {
  test('none reads a byte, none has an effect', async () => {
    const { port, token, hash, upstream, folder, serving } = await startTarget()
    const before = await hash()
    const host = `localhost:${port}`
    const bearer = `Authorization: Bearer ${token}`
    const json = (body: string) => `Content-Type: application/json\nContent-Length: ${body.length}\n\n${body}`
    const attacks: readonly (readonly [string, number, string])[] = [
      // The token is right in all of these: each check must hold by itself.
      ['a rebound name', 421, `GET ${api}/state HTTP/1.1\nHost: evil.test:${port}\n${bearer}\n\n`],
      ['a rebound name, of the page', 421, `GET / HTTP/1.1\nHost: evil.test:${port}\n\n`],
      ['another port of this machine', 421, `GET ${api}/state HTTP/1.1\nHost: localhost:11223\n${bearer}\n\n`],
      ['two hosts', 421, `GET ${api}/state HTTP/1.1\nHost: ${host}\nHost: evil.test\n${bearer}\n\n`],
      ['a host in the target', 400, `GET http://evil.test${api}/state HTTP/1.1\nHost: ${host}\n${bearer}\n\n`],
      ['no host', 421, `GET ${api}/state HTTP/1.0\n${bearer}\n\n`],
      ['a page of the web', 403, `GET ${api}/state HTTP/1.1\nHost: ${host}\nOrigin: http://evil.test\n${bearer}\n\n`],
      ['a page of nowhere', 403, `GET ${api}/state HTTP/1.1\nHost: ${host}\nOrigin: null\n${bearer}\n\n`],
      [
        'a page of a channel',
        403,
        `GET ${api}/state HTTP/1.1\nHost: ${host}\nOrigin: ${serving.url.slice(0, -1)}\n${bearer}\n\n`,
      ],
      ['another site', 403, `GET ${api}/state HTTP/1.1\nHost: ${host}\nSec-Fetch-Site: cross-site\n${bearer}\n\n`],
      ['the same site', 403, `GET ${api}/state HTTP/1.1\nHost: ${host}\nSec-Fetch-Site: same-site\n${bearer}\n\n`],
      ['a preflight', 403, `OPTIONS ${api}/state HTTP/1.1\nHost: ${host}\nAccess-Control-Request-Method: POST\n\n`],
      [
        'a form',
        415,
        `POST ${api}/connections/API/call HTTP/1.1\nHost: ${host}\n${bearer}\nContent-Type: text/plain\nContent-Length: ${call.length}\n\n${call}`,
      ],
      [
        'an edit by a form',
        415,
        `POST ${api}/config/apply HTTP/1.1\nHost: ${host}\n${bearer}\nContent-Type: text/plain\nContent-Length: ${edit.length}\n\n${edit}`,
      ],
      ['a call without a type', 415, `POST ${api}/traces HTTP/1.1\nHost: ${host}\n${bearer}\n\n`],
      // And here everything else is.
      ['no token', 401, `GET ${api}/state HTTP/1.1\nHost: ${host}\n\n`],
      ['no token, the stream', 401, `GET ${api}/events HTTP/1.1\nHost: ${host}\n\n`],
      [
        'a wrong token',
        401,
        `GET ${api}/traces HTTP/1.1\nHost: ${host}\nAuthorization: Bearer ${token.slice(0, -1)}\n\n`,
      ],
      ['a token in a cookie', 401, `GET ${api}/state HTTP/1.1\nHost: ${host}\nCookie: token=${token}\n\n`],
      ['a token in the query', 401, `GET ${api}/state?t=${token}&token=${token} HTTP/1.1\nHost: ${host}\n\n`],
      ['a call without a token', 401, `POST ${api}/connections/API/call HTTP/1.1\nHost: ${host}\n${json(call)}`],
      ['an edit without a token', 401, `POST ${api}/config/apply HTTP/1.1\nHost: ${host}\n${json(edit)}`],
      ['another spelling of the path', 404, `GET /_zato/api/v1/../v1/state HTTP/1.1\nHost: ${host}\n${bearer}\n\n`],
    ]
    for (const [name, status, request] of attacks) {
      const reply = await raw(port, request)
      expect([name, statusOf(reply)]).toEqual([name, status])
      for (const secret of [canary, token, folder, 'outgoing_rest', 'untouched']) {
        expect(reply.includes(secret), `${name}: ${reply}`).toBe(false)
      }
      expect(reply).not.toMatch(/^access-control-/im)
      expect(reply).not.toMatch(/^set-cookie/im)
      expect(reply).toMatch(/^content-security-policy: default-src 'none';.*require-trusted-types-for 'script'/im)
      expect(reply).toMatch(/^x-content-type-options: nosniff/im)
    }
    expect(upstream.requests).toEqual([])
    expect(await hash()).toBe(before)
    // The same with all of it right does what it says.
    const own = await raw(port, `GET ${api}/state HTTP/1.1\nHost: ${host}\n${bearer}\n\n`)
    expect(statusOf(own)).toBe(200)
    expect(own).not.toContain(canary)
  })

  test('encoded and doubled paths lead to the page at most, never past the token', async () => {
    const { port } = await startTarget()
    for (const path of [
      '//_zato/api/v1/state',
      '/%5fzato/api/v1/state',
      '/_zato%2fapi/v1/state',
      '/x/..%2f_zato/api/v1/state',
      '/_ZATO/api/v1/state',
    ]) {
      const reply = await raw(port, `GET ${path} HTTP/1.1\nHost: localhost:${port}\n\n`)
      expect([path, reply.includes('"revision"'), reply.includes('"connections"')]).toEqual([path, false, false])
    }
  })

  test('a body that is too large, or never comes, holds nobody up', async () => {
    const { port, token } = await startTarget()
    const head = `POST ${api}/config/preview HTTP/1.1\nHost: localhost:${port}\nAuthorization: Bearer ${token}\nContent-Type: application/json\n`
    const big = await fetch(`http://localhost:${port}${api}/config/preview`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify('x'.repeat(2 * 1024 * 1024)),
    })
    expect(big.status).toBe(413)
    const half = connect({ port, host: '127.0.0.1' })
    half.on('error', () => undefined)
    half.write(`${head}Content-Length: 100\n\n{`.replaceAll('\n', '\r\n'))
    const other = await raw(
      port,
      `GET ${api}/logs HTTP/1.1\nHost: localhost:${port}\nAuthorization: Bearer ${token}\n\n`,
    )
    expect(statusOf(other)).toBe(200)
    half.destroy()
  })
})

describe('the port', () => {
  test('is on loopback only', async () => {
    const { port } = await startTarget()
    const own = Object.values(networkInterfaces()).flat()
    const outside = own.filter((one) => one && !one.internal && one.family === 'IPv4').map((one) => one?.address ?? '')
    for (const host of outside) {
      await expect(raw(port, 'GET / HTTP/1.1\n\n', host)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
    expect(statusOf(await raw(port, `GET /x.js HTTP/1.1\nHost: localhost:${port}\n\n`))).toBe(404)
  })

  test('is out of reach for connections of the project, whatever name leads to it', async () => {
    const { port, token, folder, serving } = await startTarget()
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.1']) {
      const name = `Own ${host}`
      const reply = await fetch(`http://localhost:${port}${api}/state`, {
        headers: { authorization: `Bearer ${token}` },
      })
      const { revision: baseRevision } = (await reply.json()) as { revision: string }
      const item = { name, host: `http://${host}:${port}`, url_path: `${api}/state`, headers: { 'X-Own': 'yes' } }
      const added = await fetch(`http://localhost:${port}${api}/config/apply`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ operations: [{ op: 'add', section: 'outgoing_rest', item }], baseRevision }),
      })
      expect([added.status, await added.text()]).toMatchObject([200, expect.anything()])
    }
    const { writeFile } = await import('node:fs/promises')
    await writeFile(
      join(folder, 'services/reach.ts'),
      `import { Service } from 'zato-ts'
export class Reach extends Service {
  static override readonly name = 'reach'
  async handle() {
    const found: Record<string, unknown> = {}
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.1']) {
      const error: any = await this.out.rest[\`Own \${host}\`].conn.get(this.cid).then(() => 'reached', (thrown: unknown) => thrown)
      found[host] = error.code === 'ZN504' ? 'ZN504' : String(error)
    }
    this.response.payload = found
  }
}
`,
    )
    const found = await until(async () => {
      const reply = await fetch(`${serving.url}reach/1`)
      return reply.status === 200 ? await reply.json() : undefined
    })
    expect(found).toEqual({ '127.0.0.1': 'ZN504', localhost: 'ZN504', '[::1]': 'ZN504', '127.1': 'ZN504' })
  })
})

describe('the token', () => {
  test('is kept over a restart, in a file that only its owner can read and git ignores', async () => {
    const { folder, token, serving } = await startTarget()
    const file = join(folder, '.zato/dev-token')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, '.zato/.gitignore'), 'utf8')).toBe('*\n')
    expect(Buffer.from(token, 'base64url')).toHaveLength(24)
    expect(JSON.stringify(serving.events()) + serving.stderr()).not.toContain(token)
    await serving.stop()
    const again = await serve(folder, ['--dashboard-port', '0'], { KEY: canary })
    await until(() => again.events().find(({ type }) => type === 'dashboard'))
    expect((await readFile(file, 'utf8')).trim()).toBe(token)
    await again.stop()
  })

  test('is replaced at once, and the command prints the link with the new one', async () => {
    const { folder, token, port } = await startTarget()
    const statusWith = async (given: string) =>
      (await fetch(`http://localhost:${port}${api}/logs`, { headers: { authorization: `Bearer ${given}` } })).status
    const first = await zato(['dashboard', '--url'], { cwd: folder })
    expect([first.code, first.stdout]).toEqual([0, `http://localhost:${port}/#t=${token}\n`])
    const { stdout } = await zato(['dashboard', '--rotate-token'], { cwd: folder })
    const fresh = stdout.trim().split('#t=')[1] ?? ''
    expect(fresh).not.toBe(token)
    expect([await statusWith(token), await statusWith(fresh)]).toEqual([401, 200])
  })

  test('is not to be guessed quickly', async () => {
    const { port, token } = await startTarget()
    const headers = { authorization: 'Bearer wrong' }
    for (let i = 0; i < 20; i++) await fetch(`http://localhost:${port}${api}/logs`, { headers })
    const refused = fetch(`http://localhost:${port}${api}/logs`, { headers })
    const sooner = sleep(500, 'waiting')
    expect(await Promise.race([refused.then(() => 'answered'), sooner])).toBe('waiting')
    const own = await fetch(`http://localhost:${port}${api}/logs`, { headers: { authorization: `Bearer ${token}` } })
    expect(own.status).toBe(200)
    expect((await refused).status).toBe(401)
  })

  test('without a server there is no link', async () => {
    const folder = await temporaryProject({ 'zato.yaml': '' })
    const { code, stderr } = await zato(['dashboard'], { cwd: folder })
    expect([code, stderr]).toEqual([1, expect.stringContaining('No server of this project has a dashboard')])
  })
})

test('--no-dashboard and --no-watch have none', async () => {
  for (const flag of ['--no-dashboard', '--no-watch']) {
    const folder = await temporaryProject({ 'zato.yaml': '' })
    const serving = await serve(folder, [flag])
    expect(await serving.stop()).toBe(0)
    expect(serving.events().filter(({ type }) => type === 'dashboard')).toEqual([])
  }
})
