import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serving, binary, serve } from '../helpers/serve.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

/** One canary in every credential: it must reach the upstream, and nothing that we write. */

const run = promisify(execFile)

const canaries = {
  BASIC_PASSWORD: 'canary/basic+p@ss word=1',
  API_KEY: 'canary-key-2~%&?',
  TOKEN: 'canary.token.3=="\'',
  CHANNEL_PASSWORD: 'canary-channel-4:x',
}

/** Every spelling in which a secret would still be a secret to whoever reads it. */
function spellings(secret: string): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const spelled = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
  const encoded = ['', 'u:', 'up:'].map((before) => base64(before + secret).slice(before ? 4 : 0, -4))
  return [...spelled, ...encoded]
}

function expectNoCanary(where: string, text: string): void {
  const found = Object.entries(canaries).flatMap(([name, secret]) =>
    spellings(secret)
      .filter((spelling) => text.includes(spelling))
      .map((spelling) => `${name} as ${spelling} in ${where}`),
  )
  expect(found).toEqual([])
}

const leaky = `
import { Service } from 'zato-ts'
const secrets = () => [process.env.BASIC_PASSWORD, process.env.API_KEY, process.env.TOKEN, process.env.CHANNEL_PASSWORD]
const both = () => secrets().map((s) => s + ' ' + encodeURIComponent(s ?? '') + ' ' + Buffer.from('u:' + s).toString('base64')).join(' ')
export class Log extends Service {
  static override readonly name = 'leak.log'
  handle() { this.logger.info('the secrets are ' + both(), { nested: { secrets: secrets() }, password: secrets()[0] }); return 'logged' }
}
export class Throw extends Service {
  static override readonly name = 'leak.throw'
  handle() { throw new Error('failed with ' + both()) }
}
export class Call extends Service {
  static override readonly name = 'leak.call'
  async handle() {
    const statuses = []
    for (const name of ['Basic', 'Key', 'Token', 'Dead']) {
      try {
        const response = await this.out.rest[name].conn.get(this.cid, { params: { token: secrets()[2], q: secrets()[0] } })
        statuses.push(response.statusCode)
      } catch (error) { this.logger.error(String(error), { error }); statuses.push(String(error)) }
    }
    return statuses
  }
}
`

let folder: string
let upstream: Upstream
let serving: Serving

beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'zato-ts-secrets-'))
  await mkdir(join(folder, 'services'))
  await writeFile(join(folder, 'services/leak.ts'), leaky)
  await writeFile(
    join(folder, '.env'),
    Object.entries(canaries)
      .map(([name, value]) => `${name}=\`${value}\`\n`)
      .join(''),
  )
  await writeFile(
    join(folder, 'zato.yaml'),
    `security:
  - { name: Basic, type: basic_auth, username: u, password: "\${BASIC_PASSWORD}" }
  - { name: Key, type: apikey, header: X-Partner, password: "\${API_KEY}" }
  - { name: Token, type: bearer_token, static_token: "\${TOKEN}" }
  - { name: Caller, type: basic_auth, username: u, password: "\${CHANNEL_PASSWORD}" }
outgoing_rest:
  - { name: Basic, host: "${upstream.url}", url_path: /basic, security: Basic }
  - { name: Key, host: "${upstream.url}", url_path: /key, security: Key }
  - { name: Token, host: "${upstream.url}", url_path: /token, security: Token }
  - { name: Dead, host: "http://127.0.0.1:1", url_path: /dead, security: Basic }
channel_rest:
  - { name: Log, url_path: /log, service: leak.log }
  - { name: Throw, url_path: /throw, service: leak.throw }
  - { name: Call, url_path: /call, service: leak.call }
  - { name: Closed, url_path: /closed, service: leak.log, security: Caller }
`,
  )
  serving = await serve(folder)
})

afterAll(async () => {
  await serving.stop()
  await upstream.close()
  await rm(folder, { recursive: true, force: true })
})

test('the upstream gets the credentials as they are', async () => {
  upstream.reset()
  upstream.reply({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' })
  const response = await fetch(`${serving.url}call`)
  expect([response.status, serving.stderr()]).toEqual([200, ''])
  const [basic, key, token] = upstream.requests
  expect(basic?.headers.authorization).toBe(`Basic ${Buffer.from(`u:${canaries.BASIC_PASSWORD}`).toString('base64')}`)
  expect(key?.headers['x-partner']).toBe(canaries.API_KEY)
  expect(token?.headers.authorization).toBe(`Bearer ${canaries.TOKEN}`)
  expectNoCanary('the failure that the service returned', await response.text())
})

test('an error body, a log line, an event: none holds a secret', async () => {
  for (const path of ['log', 'throw', 'call', 'closed']) {
    const response = await fetch(`${serving.url}${path}`, {
      headers: { authorization: `Basic ${Buffer.from('u:wrong').toString('base64')}` },
    })
    expectNoCanary(`the body of /${path}`, await response.text())
    expectNoCanary(`the headers of /${path}`, JSON.stringify([...response.headers]))
  }
  await expect.poll(() => serving.stderr() + JSON.stringify(serving.events())).toContain('the secrets are')
  expectNoCanary('stderr', serving.stderr())
  expectNoCanary('the events', JSON.stringify(serving.events()))
})

test('nothing that call prints about a call holds a secret', async () => {
  upstream.reset()
  upstream.reply({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' })
  const params = ['--params', `q=${canaries.BASIC_PASSWORD}`]
  for (const name of ['Basic', 'Key', 'Token', 'Dead']) {
    for (const flags of [['-v'], ['--curl'], ['--dry-run'], ['--json'], ['-v', '-H', `X-Also: ${canaries.API_KEY}`]]) {
      const { stdout, stderr } = await run(process.execPath, [
        binary,
        '-C',
        folder,
        'call',
        name,
        ...flags,
        ...params,
      ]).catch((error: unknown) => error as { stdout: string; stderr: string })
      expectNoCanary(`stdout of call ${name} ${flags.join(' ')}`, stdout)
      expectNoCanary(`stderr of call ${name} ${flags.join(' ')}`, stderr)
    }
  }
})

test('no problem of the file shows a secret, not even in its code frame', async () => {
  const broken = join(folder, 'broken.yaml')
  await writeFile(
    broken,
    `security:
  - name: Literal
    type: basic_auth
    username: u
    password: ${JSON.stringify(canaries.TOKEN)}
    pasword: ${JSON.stringify(canaries.TOKEN)}
outgoing_rest:
  - name: Userinfo
    host: https://u:${encodeURIComponent(canaries.API_KEY)}@api.example.com
    securty: Literal
`,
  )
  const failed = await run(process.execPath, [binary, '-c', broken, 'check']).then(
    () => undefined,
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  )
  expect(failed?.code).toBe(2)
  expect(failed?.stderr).toContain('securty')
  expectNoCanary('the problems', `${failed?.stdout}${failed?.stderr}`)
})
