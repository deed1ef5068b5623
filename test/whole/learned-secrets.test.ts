import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Certificates, makeCertificates } from '../helpers/certificates.js'
import { cli, zato } from '../helpers/run-cli.js'
import { type Serving, serve } from '../helpers/serve.js'
import { type TinyProxy, startTinyProxy } from '../helpers/tinyproxy.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

/**
 * secrets.test.ts follows the secrets that stand in a header as they are. These go another way: to a token endpoint, into a
 * key file, to a proxy; and tokens, which nobody knew when the project was read.
 */

const canaries = {
  CLIENT_SECRET: '-----BEGIN SECRET-----\ncanary1/line+one==\ncanary1 line "two" & three\n-----END SECRET-----',
  ASSERTION: 'canary2.extra/field+"quoted"',
  PASSPHRASE: 'canary3 pass/phrase+ü',
  WRONG_PASSPHRASE: 'canary4 wrong/phrase?&',
  PROXY_PASSWORD: 'canary5-proxy:p%ss',
}
/** What the token endpoint gives. */
const fetched = { access: 'canary6.access/token+~==', refresh: 'canary7.refresh/token+~==' }
const secrets = Object.values({ ...canaries, ...fetched }).flatMap((secret) => [
  secret,
  ...secret.split('\n').filter((line) => line.startsWith('canary')),
])

/** Every spelling in which a secret would still be one to whoever reads it. */
function spellings(secret: string): string[] {
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from('x'.repeat(offset) + secret).toString('base64')
    // Without the characters that belong to its neighbours, too.
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  const inUrl = [encodeURIComponent(secret), encodeURIComponent(secret).replaceAll('%20', '+')]
  return [secret, ...inUrl, JSON.stringify(secret).slice(1, -1), ...inBase64]
}

function expectNoCanary(where: string, text: string): void {
  const found = secrets.flatMap((secret) =>
    spellings(secret)
      .filter((spelling) => text.includes(spelling))
      .map((spelling) => `${spelling} in ${where}`),
  )
  expect(found).toEqual([])
}

const services = `
import { Service } from 'zato-ts'
const echoed = async (self: Service): Promise<string> => {
  const { data } = await self.out.rest['Fetched'].conn.get(self.cid)
  return (data as { authorization: string }).authorization.replace('Bearer ', '')
}
const forms = (s: string) => [s, encodeURIComponent(s), Buffer.from(s).toString('base64'), JSON.stringify(s)].join(' ')
export class Log extends Service {
  static override readonly name = 'leak.log'
  async handle() {
    const token = await echoed(this)
    this.logger.info('logged ' + forms(token), { nested: { token, why: new Error(token) } })
    this.logger.debug('told in detail ' + token)
    console.log('printed ' + forms(token))
    console.error('printed as an error ' + forms(token))
    for (const secret of [process.env.CLIENT_SECRET ?? '', process.env.PASSPHRASE ?? '', process.env.PROXY_PASSWORD ?? '', process.env.ASSERTION ?? '']) {
      this.logger.info('known ' + forms(secret))
      console.log('known and printed ' + forms(secret))
    }
    return 'logged'
  }
}
export class Throw extends Service {
  static override readonly name = 'leak.throw'
  async handle() { throw new Error('thrown with ' + forms(await echoed(this))) }
}
export class Uncaught extends Service {
  static override readonly name = 'leak.uncaught'
  async handle() {
    const token = await echoed(this)
    setImmediate(() => { throw new Error('uncaught with ' + forms(token)) })
    await new Promise(() => undefined)
  }
}
export class Call extends Service {
  static override readonly name = 'leak.call'
  async handle() {
    const failures: string[] = []
    for (const name of ['Refused', 'Encrypted', 'Locked', 'Proxied'] as const) {
      const failure: unknown = await this.out.rest[name].conn.get(this.cid, { params: { q: await echoed(this) } }).catch((error: unknown) => error)
      this.logger.error('failed', { failure })
      if (failure instanceof Error) failures.push(failure.message, String(failure.stack), String((failure as { hint?: unknown }).hint), String(failure.cause))
      else failures.push('no failure')
    }
    return failures.join('\\n')
  }
}
`

let folder: string
let certificates: Certificates
let api: Upstream
let secureApi: ReturnType<typeof createServer>
let authority: Upstream
let proxy: TinyProxy
let serving: Serving

beforeAll(async () => {
  certificates = makeCertificates()
  certificates.issue('authority')
  certificates.issue('server', { by: 'authority' })
  certificates.issue('shop', { by: 'authority' })
  certificates.openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'shop.key',
    '-out',
    'locked.key',
    '-passout',
    `pass:${canaries.PASSPHRASE}`,
  )
  api = await startUpstream(({ headers, url }) => {
    return { body: url.startsWith('/echo') ? JSON.stringify({ authorization: headers.authorization }) : '{}' }
  })
  authority = await startUpstream(({ url, body }) => {
    if (url === '/token') {
      const body = {
        access_token: fetched.access,
        refresh_token: fetched.refresh,
        token_type: 'Bearer',
        expires_in: 3600,
      }
      return { body: JSON.stringify(body) }
    }
    return { status: 400, body: JSON.stringify({ error: 'invalid_request', error_description: body.toString() }) }
  })
  secureApi = createServer(
    {
      key: certificates.read('server.key'),
      cert: certificates.read('server.pem'),
      ca: certificates.read('authority.pem'),
      requestCert: true,
    },
    (_, response) => response.end('{}'),
  )
  await new Promise<void>((resolve) => secureApi.listen(0, '127.0.0.1', resolve))
  const secureHost = `https://localhost:${(secureApi.address() as AddressInfo).port}`
  proxy = await startTinyProxy({ user: 'shop', password: 'another7531' })

  folder = await mkdtemp(join(tmpdir(), 'zato-ts-learned-'))
  await mkdir(join(folder, 'services'))
  await writeFile(join(folder, 'services/leak.ts'), services)
  const assignments = Object.entries(canaries).map(([name, value]) => `${name}='${value}'\n`)
  await writeFile(join(folder, '.env'), assignments.join(''))
  const oauth =
    'type: bearer_token, username: shop, password: "${CLIENT_SECRET}", extra_fields: { client_assertion: "${ASSERTION}" }'
  const locked = `type: mtls, cert_path: "${certificates.path('shop.pem')}", key_path: "${certificates.path('locked.key')}"`
  const ca = `ca_certs_path: "${certificates.path('authority.pem')}"`
  await writeFile(
    join(folder, 'zato.yaml'),
    `security:
  - { name: Token, ${oauth}, auth_server_url: "${authority.url}/token" }
  - { name: Refused, ${oauth}, auth_server_url: "${authority.url}/refused" }
  - { name: Encrypted, ${locked}, ${ca}, key_passphrase: "\${PASSPHRASE}" }
  - { name: Locked, ${locked}, ${ca}, key_passphrase: "\${WRONG_PASSPHRASE}" }
outgoing_rest:
  - { name: Fetched, host: "${api.url}", url_path: /echo, security: Token }
  - { name: Plain, host: "${api.url}", url_path: /plain, security: Token }
  - { name: Refused, host: "${api.url}", security: Refused }
  - { name: Encrypted, host: "${secureHost}", security: Encrypted }
  - { name: Locked, host: "${secureHost}", security: Locked }
  - { name: Proxied, host: "${secureHost}", proxy: "http://shop:\${PROXY_PASSWORD}@127.0.0.1:${proxy.port}" }
channel_rest:
  - { name: Log, url_path: /log, service: leak.log }
  - { name: Throw, url_path: /throw, service: leak.throw }
  - { name: Uncaught, url_path: /uncaught, service: leak.uncaught }
  - { name: Call, url_path: /call, service: leak.call }
`,
  )
})

afterAll(async () => {
  secureApi.close()
  secureApi.closeAllConnections()
  await Promise.all([api.close(), authority.close(), proxy.close()])
  certificates.remove()
  await rm(folder, { recursive: true, force: true })
})

/** Everything that is on disk where programs of ours write. */
async function writtenFiles(): Promise<string> {
  const entries = await readdir(join(folder, '.zato'), { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))).join('\n')
}

async function askAll(url: string): Promise<void> {
  for (const path of ['log', 'throw', 'call', 'uncaught', 'log', `log?q=${encodeURIComponent(fetched.access)}`]) {
    const response = await fetch(url + path)
    const text = await response.text()
    expectNoCanary(`the reply to /${path}`, text + JSON.stringify([...response.headers]))
    if (path === 'call') expect(text.match(/no failure/g)).toHaveLength(1)
  }
}

test.each([[[]], [['--no-watch']]])('serve %j tells no secret', async (flags) => {
  serving = await serve(folder, ['--verbose', ...flags])
  try {
    await askAll(serving.url).catch((error: unknown) => {
      // Without watch an uncaught error ends the server.
      if (flags.length === 0) throw error
    })
    const told = () => serving.stderr() + JSON.stringify(serving.events())
    await expect.poll(told).toContain('printed as an error')
    await expect.poll(told).toContain('known and printed')
    await expect.poll(told).toContain('uncaught with')
    expectNoCanary('what serve tells', told())
    expectNoCanary('.zato', await writtenFiles())
  } finally {
    await serving.stop()
  }
})

test('what is asked for on the command line tells no secret', async () => {
  const commands = [
    ...['Plain', 'Refused', 'Encrypted', 'Locked', 'Proxied'].flatMap((name) =>
      [[], ['-v'], ['-i', '-v'], ['--curl'], ['--dry-run'], ['--json'], ['--dry-run', '--json']].map((flags) => [
        'call',
        name,
        ...flags,
      ]),
    ),
    ...['log', 'throw', 'call', 'uncaught'].flatMap((name) => [
      ['invoke', `leak.${name}`, '--verbose'],
      ['invoke', `leak.${name}`, '--json'],
    ]),
    ['check'],
    ['check', '--json'],
    ['conn', 'list'],
    ['conn', 'list', '--json'],
    ['conn', 'show', 'Proxied'],
    ['conn', 'show', 'Fetched', '--json'],
    ['conn', 'ping', 'Plain'],
    ['conn', 'ping', 'Proxied'],
    ['security', 'list'],
    ['security', 'list', '--json'],
  ]
  const runAll = async () => {
    for (let command = commands.pop(); command; command = commands.pop()) {
      // A service that throws where nobody catches it must have a process of its own.
      const run = command[0] === 'invoke' ? zato : cli
      const { stdout, stderr } = await run(['-C', folder, ...command])
      expectNoCanary(`stdout of ${command.join(' ')}`, stdout)
      expectNoCanary(`stderr of ${command.join(' ')}`, stderr)
      expect(stdout + stderr).not.toContain('ZX001')
    }
  }
  await Promise.all([runAll(), runAll()])
  expectNoCanary('.zato', await writtenFiles())
}, 120_000)

test('each secret arrives where it belongs', async () => {
  const { code } = await zato(['-C', folder, 'call', 'Encrypted'])
  expect(code).toBe(0)
  const fields = Object.fromEntries(new URLSearchParams(authority.requests[0]?.body.toString()))
  expect(fields).toMatchObject({ client_secret: canaries.CLIENT_SECRET, client_assertion: canaries.ASSERTION })
  expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${fetched.access}`)
})
