import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli } from '../../src/cli.js'
import { isWell, stateOfStatus } from '../../src/outgoing/ping-state.js'
import { FakeIo, cli } from '../helpers/run-cli.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { type UpstreamHandler, type UpstreamOptions, startUpstream, unusedPort } from '../helpers/upstream.js'
import { until } from '../runtime/until.js'

interface PingDocument {
  readonly connection: string
  readonly state: string
  readonly method: string | null
  readonly by: string | null
  readonly status: number | null
  readonly exit: number
  readonly certificate: { readonly subject: string; readonly daysLeft: number } | null
  readonly error: { readonly code: string } | null
}

async function upstreamOf(handler?: UpstreamHandler, options?: UpstreamOptions) {
  const upstream = await startUpstream(handler, options)
  onTestFinished(() => upstream.close())
  return upstream
}

const projectOf = (yaml: string) => temporaryProject({ 'zato.yaml': yaml })

/** Answers with the status that its path begins with; HEAD of /405 and /501 is not served, GET is. */
const byPath: UpstreamHandler = ({ method, url }) => {
  const status = Number(url.slice(1, 4)) || 200
  return { status: method === 'GET' && (status === 405 || status === 501) ? 200 : status }
}

test('what a connection declares for every call goes with a ping, too; expressions do not', async () => {
  const { url, requests } = await upstreamOf()
  const cwd = await projectOf(`
outgoing_rest:
  - name: Declared
    host: '${url}'
    url_path: '/orders/{id}'
    samples: { id: '7' }
    request_path_params: [{ key: id, value: '8' }]
    request_query_string: [{ key: api_key, value: k }, { key: tag, value: a }, { key: tag, value: b }]
    request_headers: [{ key: X-Partner, value: '4711' }, { key: X-Count, value: $error('no items'), mode: jsonata }]
`)
  expect((await cli(['conn', 'ping', 'Declared'], { cwd })).code).toBe(0)
  expect(requests.map((request) => request.url)).toEqual(['/orders/7?api_key=k&tag=a&tag=b'])
  expect(requests[0]?.headers).toMatchObject({ 'x-partner': '4711' })
  expect(requests[0]?.headers).not.toHaveProperty('x-count')
})

test('what a ping finds out is told apart, with the exit code of the worst', async () => {
  const { url } = await upstreamOf(byPath)
  const cwd = await projectOf(`
security: [{ name: Key, type: apikey, password: '\${NO_SUCH_KEY}' }]
outgoing_rest:
  - { name: Fine, host: '${url}', url_path: /204 }
  - { name: Missing, host: '${url}', url_path: '/404/{id}', samples: { id: '1' } }
  - { name: Refused, host: '${url}', url_path: /401 }
  - { name: Forbidden, host: '${url}', ping_path: /403 }
  - { name: Sick, host: '${url}', url_path: /503, max_retries: 5 }
  - { name: Gone, host: 'http://127.0.0.1:${await unusedPort()}' }
  - { name: Secretless, host: '${url}', security: Key }
  - { name: Off, host: '${url}', is_active: false }
`)
  const { code, stdout } = await cli(['conn', 'ping', '--all', '--json'], { cwd })
  const { pings } = JSON.parse(stdout) as { pings: PingDocument[] }
  expect(
    pings.map(({ connection, state, by, status, exit, error }) => [connection, state, by, status, exit, error?.code]),
  ).toEqual([
    ['Fine', 'reachable', 'url_path', 204, 0, undefined],
    ['Missing', 'reachable', 'samples', 404, 4, undefined],
    ['Refused', 'unauthorized', 'url_path', 401, 4, undefined],
    ['Forbidden', 'unauthorized', 'ping_path', 403, 4, undefined],
    ['Sick', 'unhealthy', 'url_path', 503, 5, undefined],
    ['Gone', 'unreachable', null, null, 6, 'ZN102'],
    ['Secretless', 'unusable', null, null, 2, 'ZN502'],
  ])
  expect(code).toBe(6)
})

test('a server of tokens that refuses the client makes the connection unauthorized', async () => {
  const authority = await upstreamOf(() => ({ status: 401, body: '{"error":"invalid_client"}' }))
  const cwd = await projectOf(`
security: [{ name: O, type: bearer_token, auth_server_url: '${authority.url}', username: u, password: some-secret }]
outgoing_rest: [{ name: A, host: '${authority.url}', security: O }]
`)
  const { code, stdout } = await cli(['conn', 'ping', 'A'], { cwd })
  expect([code, stdout.split('\t').slice(0, 3)]).toEqual([6, ['A', 'unauthorized', 'ZN303']])
})

describe('an API that serves no HEAD', () => {
  for (const status of [405, 501]) {
    test(`says ${status}, is asked once more with GET, and that is told`, async () => {
      const upstream = await upstreamOf(byPath)
      const cwd = await projectOf(`outgoing_rest: [{ name: A, host: '${upstream.url}', url_path: /${status} }]`)
      const { code, stdout, stderr } = await cli(['conn', 'ping', 'A'], { cwd })
      expect(upstream.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET'])
      expect([code, stdout.split('\t')[2]]).toEqual([0, '200 OK'])
      expect(stderr).toContain('"A" serves no HEAD: it was asked with GET')
    })
  }

  test('is not asked again if ping_method says what to ask with', async () => {
    const upstream = await upstreamOf(() => ({ status: 405 }))
    const cwd = await projectOf(`outgoing_rest: [{ name: A, host: '${upstream.url}', ping_method: OPTIONS }]`)
    expect((await cli(['conn', 'ping', 'A'], { cwd })).code).toBe(4)
    expect(upstream.requests.map(({ method }) => method)).toEqual(['OPTIONS'])
  })
})

test('several are pinged at once, each no longer than --timeout', async () => {
  const waiting: (() => void)[] = []
  const { url } = await upstreamOf(async ({ url: path }) => {
    if (path === '/never') return new Promise(() => undefined)
    // Nobody is answered before both have asked.
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 2) for (const answer of waiting) answer()
    })
    return {}
  })
  const cwd = await projectOf(`
outgoing_rest:
  - { name: A, host: '${url}' }
  - { name: B, host: '${url}' }
  - { name: Never, host: '${url}', url_path: /never }
`)
  const { code, stdout } = await cli(['conn', 'ping', 'B', 'A', 'Never', 'B', '--timeout', '2'], { cwd })
  const rows = stdout.trimEnd().split('\n')
  expect(rows.map((row) => row.split('\t').slice(0, 3))).toEqual([
    ['B', 'reachable', '200 OK'],
    ['A', 'reachable', '200 OK'],
    ['Never', 'unreachable', 'ZN201'],
  ])
  expect(code).toBe(7)
})

test('Ctrl-C ends a ping that waits', async () => {
  const upstream = await upstreamOf(() => new Promise(() => undefined))
  const cwd = await projectOf(`outgoing_rest: [{ name: A, host: '${upstream.url}' }]`)
  const io = new FakeIo({ cwd })
  const running = runCli(['conn', 'ping', '--all'], io)
  void Promise.all([buffer(io.stdout), buffer(io.stderr)])
  await until(() => upstream.requests.length === 1)
  io.emit('SIGINT')
  expect(await running).toBe(130)
})

describe('the certificate of an API', () => {
  const fixture = (name: string) => readFileSync(new URL(`../outgoing/fixtures/localhost.${name}.pem`, import.meta.url))

  test('is shown with the days that are left', async () => {
    const { url } = await upstreamOf(undefined, { tls: { key: fixture('key'), cert: fixture('cert') } })
    const cwd = await temporaryProject({
      'zato.yaml': `outgoing_rest: [{ name: A, host: '${url}', tls_ca: ca.pem }]`,
      'ca.pem': fixture('cert'),
    })
    const { stdout, stderr } = await cli(['conn', 'ping', 'A', '--json'], { cwd })
    const [ping] = (JSON.parse(stdout) as { pings: PingDocument[] }).pings
    expect(ping?.certificate?.subject).toBe('CN=localhost')
    expect(ping?.certificate?.daysLeft).toBeGreaterThan(1000)
    expect(stderr).toBe('')
  })

  test('draws a warning when fewer than thirty days are left, also where it is not verified', async () => {
    const cwd = await temporaryProject({})
    const [key, cert] = [join(cwd, 'key.pem'), join(cwd, 'cert.pem')]
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    execFileSync('openssl', [...args, '-days', '5', '-subj', '/CN=soon', '-keyout', key, '-out', cert], {
      stdio: 'pipe',
    })
    const { url } = await upstreamOf(undefined, { tls: { key: readFileSync(key), cert: readFileSync(cert) } })
    const project = await projectOf(`outgoing_rest: [{ name: A, host: '${url}', validate_tls: false }]`)
    const { code, stderr } = await cli(['conn', 'ping', 'A'], { cwd: project })
    expect(code).toBe(0)
    expect(stderr).toContain('validate_tls is false: the certificate of "A" is not verified')
    expect(stderr).toMatch(/"A": its certificate expires in [45] days \(CN=soon\)/)
  })
})

describe('wrong input', () => {
  const table: [argv: string[], message: string][] = [
    [[], '"conn ping" needs the name of a connection'],
    [['A', '--all'], '"conn ping" takes names or --all, not both'],
    [['B'], 'Unknown connection "B"'],
    [['A', '--timeout', '0'], '--timeout needs seconds, more than 0 and at most 3600, not "0"'],
    [['A', '--timeout', '5000'], '--timeout needs seconds, more than 0 and at most 3600, not "5000"'],
  ]
  for (const [argv, message] of table) {
    test(`conn ping ${argv.join(' ')}`, async () => {
      const cwd = await projectOf(`outgoing_rest: [{ name: A, host: 'http://127.0.0.1:1' }]`)
      const { code, stderr, stdout } = await cli(['conn', 'ping', ...argv], { cwd })
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(message)
    })
  }
})

test('on a narrow screen the table keeps to what matters', async () => {
  const { url } = await upstreamOf()
  const cwd = await projectOf(`outgoing_rest: [{ name: A, host: '${url}' }]`)
  const head = async (columns: number) =>
    (await cli(['conn', 'ping', 'A'], { cwd, tty: true, columns, env: { NO_COLOR: '1' } })).stdout
      .split('\n')[0]
      ?.trim()
  expect((await head(120))?.split(/\s+/)).toEqual(['NAME', 'STATE', 'RESULT', 'TOOK', 'CERTIFICATE', 'TARGET', 'BY'])
  expect((await head(50))?.split(/\s+/)).toEqual(['NAME', 'STATE', 'RESULT', 'TOOK'])
})

test('an API is well with a good status, and at the root of its host with any that is no refusal', () => {
  const well = (status: number) => (['url_path', 'host root'] as const).map((target) => isWell(status, target))
  expect([200, 302, 404, 429, 401, 403, 500].map((status) => [status, stateOfStatus(status), ...well(status)])).toEqual(
    [
      [200, 'reachable', true, true],
      [302, 'reachable', true, true],
      [404, 'reachable', false, true],
      [429, 'reachable', false, true],
      [401, 'unauthorized', false, false],
      [403, 'unauthorized', false, false],
      [500, 'unhealthy', false, false],
    ],
  )
})
