import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { DoctorReport } from '../../src/runtime/doctor/report.js'
import { checkLife } from '../../src/runtime/doctor/certificates.js'
import { cli, zato } from '../helpers/run-cli.js'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { startUpstream } from '../helpers/upstream.js'
import { until } from '../runtime/until.js'

const fixture = (name: string) => readFile(new URL(`../outgoing/fixtures/localhost.${name}.pem`, import.meta.url))

interface Found extends DoctorReport {
  readonly v: 1
  readonly ok: boolean
}

async function doctor(cwd: string, argv: readonly string[] = [], env: Record<string, string> = {}) {
  const { stdout, code } = await cli(['doctor', '--json', ...argv], { cwd, env })
  const report = JSON.parse(stdout) as Found
  const only = report.connections[0]
  const value = (name: string) => only?.values.find((one) => one.name === name)
  return { code, report, only, value }
}

/** Ports that nobody has. */
const server = 'server: { port: 0, dashboard_port: 0 }\n'

test('each value is told with its source: a line, a variable and its file, or the default', async () => {
  const cwd = await temporaryProject({
    'zato.yaml': `${server}include: [apis/orders.yaml]\n`,
    'apis/orders.yaml': `
security:
  - name: Credentials
    type: basic_auth
    username: shop
    password: \${ORDERS_PASSWORD}
outgoing_rest:
  - name: Orders API
    host: https://\${ORDERS_HOST:-localhost}
    security: Credentials
    timeout: \${ORDERS_TIMEOUT}
    max_retries: 2
`,
    '.env': 'ORDERS_PASSWORD=hunter2222\nORDERS_TIMEOUT=7\n',
    '.env.local': 'ORDERS_TIMEOUT=8\n',
  })
  const { code, report, value } = await doctor(cwd, ['Orders API'], { ORDERS_HOST: 'api.example.com' })
  const file = join(cwd, 'apis/orders.yaml')
  expect(code).toBe(0)
  expect(report.project).toMatchObject({
    file: join(cwd, 'zato.yaml'),
    includes: [file],
    envFiles: [
      { file: join(cwd, '.env'), variables: 2 },
      { file: join(cwd, '.env.local'), variables: 1 },
    ],
  })
  expect(value('host')).toEqual({
    name: 'host',
    value: 'https://api.example.com',
    origin: { kind: 'file', file, line: 9, variables: [{ name: 'ORDERS_HOST', from: 'environment' }] },
  })
  const timeout = { name: 'ORDERS_TIMEOUT', from: 'file', file: join(cwd, '.env.local') }
  expect(value('timeout')).toMatchObject({ value: '8 s', origin: { line: 11, variables: [timeout] } })
  expect(value('pool_size')).toEqual({ name: 'pool_size', value: '20', origin: { kind: 'default' } })
  expect(value('security')?.value).toBe('Credentials (basic_auth, user shop)')
  expect(value('password')).toMatchObject({ value: '[redacted]', origin: { line: 6 } })
  expect(JSON.stringify(report)).not.toContain('hunter2222')
})

describe('the proxy in effect', () => {
  const proxies: [more: string, env: Record<string, string>, value: string, decidedBy: string | undefined][] = [
    ['', {}, 'none', undefined],
    ['', { HTTPS_PROXY: 'http://u:hunter2222@p.example.com:3128' }, 'http://p.example.com:3128', 'HTTPS_PROXY'],
    [
      '',
      { HTTPS_PROXY: 'http://p', NO_PROXY: '.example.com' },
      'none: NO_PROXY exempts it from HTTPS_PROXY',
      'NO_PROXY',
    ],
    [', proxy: none', { HTTPS_PROXY: 'http://p' }, 'none', undefined],
    [", proxy: 'http://own:1'", { HTTPS_PROXY: 'http://p' }, 'http://own:1', undefined],
    ['', { ALL_PROXY: 'http://p:8' }, 'http://p:8', 'ALL_PROXY'],
  ]
  for (const [more, env, value, decidedBy] of proxies) {
    test(`${more} ${JSON.stringify(env)}`, async () => {
      const yaml = `${server}outgoing_rest: [{ name: A, host: 'https://api.example.com'${more} }]`
      const found = await doctor(await temporaryProject({ 'zato.yaml': yaml }), ['A'], env)
      expect(found.value('proxy')?.value).toBe(value)
      expect(found.value('proxy')?.origin.variables?.[0]?.name).toBe(decidedBy)
      expect(JSON.stringify(found.report.connections)).not.toContain('hunter2222')
    })
  }

  test('is an error if it cannot be used', async () => {
    const yaml = `${server}outgoing_rest: [{ name: A, host: 'https://api.example.com' }]`
    const { code, only } = await doctor(await temporaryProject({ 'zato.yaml': yaml }), [], { ALL_PROXY: 'socks5://p' })
    expect([code, only?.checks[0]?.level]).toEqual([2, 'error'])
    expect(only?.checks[0]?.message).toBe('ALL_PROXY is a proxy of socks5, which is not served')
  })
})

describe('what is told to be wrong', () => {
  const checked = async (
    fields: string,
    files: Record<string, string | Uint8Array> = {},
    env: Record<string, string> = { KEY: 'some-long-key' },
  ) => {
    const yaml = `${server}
security:
  - { name: Key, type: apikey, password: some-long-key }
  - { name: Secret, type: apikey, password: '\${KEY}' }
outgoing_rest: [{ name: A, ${fields} }]`
    const cwd = await temporaryProject({ 'zato.yaml': yaml, ...files })
    for (const name of Object.keys(files)) await chmod(join(cwd, name), 0o600)
    const { only, code } = await doctor(cwd, [], env)
    return { code, cwd, told: only?.checks.map(({ level, message }) => `${level}: ${message}`) }
  }

  test('nothing, where all is well', async () => {
    expect(await checked(`host: 'https://api.example.com', security: Key`)).toMatchObject({ code: 0, told: [] })
    expect(await checked(`host: 'http://localhost:9', security: Key`)).toMatchObject({ code: 0, told: [] })
    expect(await checked(`host: 'http://[::1]:9', security: Key`)).toMatchObject({ code: 0, told: [] })
  })

  test('a missing variable', async () => {
    const { code, told } = await checked(`host: 'https://api.example.com', security: Secret`, {}, {})
    expect([code, told]).toEqual([
      2,
      ['error: The environment variable "KEY" is missing (security definition "Secret")'],
    ])
  })

  test('credentials over plain HTTP, and a certificate that is not verified', async () => {
    const plain = await checked(`host: 'http://api.example.com', security: Key`)
    expect(plain).toMatchObject({ code: 0, told: ['warning: The credentials "Key" are sent unencrypted'] })
    const unverified = await checked(`host: 'https://api.example.com', validate_tls: false`)
    expect(unverified.told?.[0]).toContain('warning: validate_tls is false')
  })

  test('a file of TLS that is not there', async () => {
    const { code, told, cwd } = await checked(`host: 'https://a.example.com', tls_ca: none.pem`)
    expect([code, told]).toEqual([2, [`error: Its tls_ca "${cwd}/none.pem" cannot be read`]])
  })

  test('a field or a variable that stands first, as it is written', async () => {
    const yaml = `security: [{ name: Shop, type: mtls, cert_path: none.pem, key_path: none.key, ca_certs_path: no-ca.pem }]
outgoing_rest: [{ name: API, host: 'https://a.example.com', security: Shop }]
`
    const cwd = await temporaryProject({ 'zato.yaml': yaml })
    const { only } = await doctor(cwd, [], { https_proxy: 'ftp://proxy' })
    expect(only?.checks.map(({ message }) => message)).toEqual([
      'https_proxy is a proxy of ftp, which is not served',
      `ca_certs_path of "Shop" "${cwd}/no-ca.pem" cannot be read`,
    ])
  })

  test('a key that others can read', async () => {
    const fields = `host: 'https://a.example.com', tls_client_cert: c.pem, tls_client_key: k.pem`
    const files = { 'c.pem': await fixture('cert'), 'k.pem': await fixture('key') }
    const { cwd, told } = await checked(fields, files)
    expect(told).toEqual([])
    await chmod(join(cwd, 'k.pem'), 0o644)
    const { only } = await doctor(cwd)
    expect(only?.checks).toEqual([
      {
        level: 'warning',
        message: 'Its tls_client_key can be read by others than its owner (mode 644)',
        hint: `chmod 600 ${cwd}/k.pem`,
      },
    ])
  })

  test('a certificate that ends soon', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zato-ts-cert-'))
    const file = join(folder, 'both.pem')
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '5']
    execFileSync('openssl', [...args, '-subj', '/CN=shop', '-keyout', file, '-out', `${file}.cert`], { stdio: 'pipe' })
    const pem = `${await readFile(`${file}.cert`, 'utf8')}${await readFile(file, 'utf8')}`
    const { told } = await checked(`host: 'https://a.example.com', tls_client_cert: both.pem`, { 'both.pem': pem })
    expect(told).toEqual([expect.stringMatching(/^warning: Its tls_client_cert expires in [45] days, on /)])
  })

  test('is worded after what is left of a certificate', () => {
    const day = 86_400_000
    const now = Date.UTC(2026, 0, 10)
    const life = (from: number, to: number) =>
      checkLife('It', { validFrom: now + from * day, validTo: now + to * day }, now).map((one) => one.message)
    expect(life(-1, 31)).toEqual([])
    expect(life(-1, 30)).toEqual(['It expires in 30 days, on 2026-02-09'])
    expect(life(-1, 1)).toEqual(['It expires in 1 day, on 2026-01-11'])
    expect(life(-1, 0.5)).toEqual(['It expires within a day, on 2026-01-10'])
    expect(life(-2, -1)).toEqual(['It expired on 2026-01-09'])
    expect(life(1, 90)).toEqual(['It is valid from 2026-01-11 on'])
  })
})

describe('the environment', () => {
  const yaml = `${server}outgoing_rest: [{ name: A, host: 'https://api.example.com' }]`
  const told = async (env: Record<string, string>, dotenv = '') => {
    const cwd = await temporaryProject({ 'zato.yaml': yaml, '.env': dotenv, 'ca.pem': await fixture('cert') })
    const resolved = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, text.replace('CWD', cwd)]))
    await writeFile(join(cwd, '.env'), dotenv.replace('CWD', cwd))
    const { report, value } = await doctor(cwd, ['A'], resolved)
    return { checks: report.checks.map(({ level, message }) => `${level}: ${message.split(/[,:]/)[0] ?? ''}`), value }
  }

  test('that turns verification off draws a warning', async () => {
    expect((await told({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).checks).toEqual([
      'warning: NODE_TLS_REJECT_UNAUTHORIZED=0',
    ])
    expect((await told({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).checks).toEqual([])
  })

  test('may name further authorities, before Node starts', async () => {
    const good = await told({ NODE_EXTRA_CA_CERTS: 'CWD/ca.pem' })
    expect(good.checks).toEqual([])
    expect(good.value('authorities')?.value).toMatch(/^those of Node, and .*ca\.pem \(CN=localhost, until /)
    expect((await told({}, 'NODE_EXTRA_CA_CERTS=CWD/ca.pem\n')).checks).toEqual([
      'warning: NODE_EXTRA_CA_CERTS stands in a .env file',
    ])
    expect((await told({ NODE_EXTRA_CA_CERTS: '/none.pem' })).checks[0]).toContain('error: NODE_EXTRA_CA_CERTS names')
    expect((await told({ NODE_EXTRA_CA_CERTS: 'CWD/zato.yaml' })).checks[0]).toContain('error: NODE_EXTRA_CA_CERTS')
  })

  test('may say two things of a proxy', async () => {
    const { checks } = await told({ https_proxy: 'http://a', HTTPS_PROXY: 'http://b' })
    expect(checks).toEqual(['warning: https_proxy and HTTPS_PROXY differ'])
  })
})

test('every other field that the file holds is told too, without what may be secret in it', async () => {
  const yaml = `${server}outgoing_rest:
  - { name: A, host: 'https://a.example.com', headers: { X-Shop: hunter2222 }, tls_client_key_passphrase: 'pass-phrase-1', content_type: text/x }`
  const { report, value } = await doctor(await temporaryProject({ 'zato.yaml': yaml }))
  expect(value('headers')).toMatchObject({ value: 'X-Shop', origin: { line: 3 } })
  expect(value('tls_client_key_passphrase')?.value).toBe('[redacted]')
  expect(value('content_type')?.value).toBe('text/x')
  expect(report.project?.secrets).toBe(1)
  expect(JSON.stringify(report)).not.toMatch(/hunter2222|pass-phrase/)
})

test('a port that another program has is told with its owner; that of a server of the project is fine', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const cwd = await temporaryProject({
    'zato.yaml': `server: { port: ${port}, dashboard_port: 0 }`,
    'services/.gitkeep': '',
  })
  const busy = await doctor(cwd)
  expect(busy.code).toBe(2)
  expect(busy.report.checks[0]?.message).toContain(`Port ${port} of 127.0.0.1 is in use by process ${process.pid}`)

  const aside = await temporaryProject({
    'zato.yaml': `server: { port: 0, dashboard_port: ${port} }`,
    'services/.gitkeep': '',
  })
  const beside = await doctor(aside)
  expect(beside.code).toBe(0)
  expect(beside.report.checks[1]).toMatchObject({ level: 'warning', hint: 'the dashboard takes the next free port' })

  const moved = await doctor(cwd, [], { ZATO_TS_PORT: '0' })
  expect([moved.code, moved.report.checks[0]?.message]).toEqual([0, 'Any free port is taken for the channels'])

  const other = await temporaryProject({ 'zato.yaml': server, 'services/.gitkeep': '' })
  const serving = await serve(other)
  onTestFinished(() => void serving.stop())
  const own = new URL(serving.url).port
  const dashboard = await until(() => serving.events().find(({ type }) => type === 'dashboard'))
  const shown = new URL(dashboard.url as string).port
  await writeFile(join(other, 'zato.yaml'), `server: { port: ${own}, dashboard_port: ${shown} }`)
  // The record is written a moment after the server is ready.
  const { report, code } = await until(async () => {
    const found = await doctor(other)
    return (found.report.project?.servers.length ?? 0) > 0 ? found : undefined
  })
  expect(report.project?.servers).toEqual([
    { pid: serving.process.pid, url: serving.url, since: expect.any(Number) as number },
  ])
  expect(report.checks[0]?.message).toBe(
    `Port ${own} (channels) is that of process ${String(serving.process.pid)}, which serves this project`,
  )
  expect(report.checks[1]?.message).toMatch(new RegExp(`^Port ${shown} \\(dashboard\\) is that of process`))
  expect(code).toBe(0)
})

test('a broken project file is told, and what can be looked at is', async () => {
  const cwd = await temporaryProject({ 'zato.yaml': 'outgoing_rest:\n  - { name: A, hots: x }\n' })
  const { code, report } = await doctor(cwd)
  expect(code).toBe(2)
  expect(report.checks[0]?.message).toMatch(/^zato\.yaml:2 ZC10\d /)
  expect(report.versions.node).toBe(process.version)
})

test('without a project it looks at the machine, and says that there is none', async () => {
  const { code, report } = await doctor('/')
  expect(code).toBe(2)
  expect(report.project).toBeUndefined()
  expect(report.checks[0]?.level).toBe('error')
  expect((await cli(['doctor', 'A'], { cwd: '/' })).stderr).toContain('ZU002')
})

test('an unknown connection is an error with the closest name', async () => {
  const cwd = await temporaryProject({ 'zato.yaml': `outgoing_rest: [{ name: Orders, host: 'http://x' }]` })
  const { code, stderr } = await cli(['doctor', 'Order'], { cwd })
  expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean "Orders"?')])
})

describe('on a screen', () => {
  const yaml = `outgoing_rest: [{ name: A, host: 'https://a-rather-long-name.api.example.com', timeout: 30 }]`

  for (const columns of [120, 80, 50]) {
    test(`of ${columns} columns nothing is wider`, async () => {
      const cwd = await temporaryProject({ 'zato.yaml': server + yaml })
      const { stdout } = await cli(['doctor', '-v'], { cwd, tty: true, columns, env: { NO_COLOR: '1' } })
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
      expect(stdout).toContain('\nA\n')
    })
  }

  test('what is in effect by default is only shown when one connection is asked for', async () => {
    const cwd = await temporaryProject({ 'zato.yaml': server + yaml })
    const shown = async (...argv: string[]) => (await cli(['doctor', ...argv], { cwd })).stdout
    expect(await shown()).toContain('A\ttimeout\t30 s\tzato.yaml:2\n')
    expect(await shown()).not.toContain('pool_size')
    expect(await shown('A')).toContain('A\tpool_size\t20\tdefault\n')
  })
})

test('nobody is asked unless --online is given', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const cwd = await temporaryProject({ 'zato.yaml': `${server}outgoing_rest: [{ name: A, host: '${upstream.url}' }]` })
  expect((await doctor(cwd)).code).toBe(0)
  expect(upstream.connections).toBe(0)
  const online = await zato(['doctor', '--online', '--json'], { cwd })
  expect(JSON.parse(online.stdout)).toMatchObject({ ok: true, pings: [{ connection: 'A', state: 'reachable' }] })
  upstream.reply({ status: 500 })
  expect((await cli(['doctor', '--online'], { cwd })).code).toBe(2)
})
