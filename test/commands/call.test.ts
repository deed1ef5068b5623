import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cli } from '../helpers/run-cli.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

const run = promisify(execFile)

/** Not one of its characters but the letters stands in an address as it is. */
const queryKey = 'a/query key+"1"%&ö'

let upstream: Upstream
let project: TemporaryProject

beforeAll(async () => {
  upstream = await startUpstream()
  project = await temporaryProject({
    'zato.yaml': `
security:
  - name: Credentials
    type: basic_auth
    username: shop
    password: \${ORDERS_PASSWORD}
  - name: Key
    type: apikey
    header: X-Partner
    password: \${PARTNER_KEY}
outgoing_rest:
  - name: Orders API
    host: ${upstream.url}
    url_path: /customers/{customer_id}/orders
    security: Credentials
    samples: { customer_id: '777' }
  - name: Partner
    host: ${upstream.url}
    url_path: /partner
    security: Key
  - name: Plain
    host: ${upstream.url}
    data_format: text
  - name: Searched
    host: ${upstream.url}
    url_path: /search
    request_query_string:
      - { key: api_key, value: '\${QUERY_KEY}' }
      - { key: token, value: literal }
    request_headers:
      - { key: X-Auth-Token, value: '\${HEADER_TOKEN}' }
      - { key: X-Mixed-Token, value: 'Key \${HEADER_TOKEN}' }
`,
    '.env': `ORDERS_PASSWORD=it's a "secret" word\nPARTNER_KEY=partner-key-123\nQUERY_KEY='${queryKey}'\nHEADER_TOKEN=a-header-token\n`,
    'body.json': '{"from": "a file"}',
  })
})

afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const call = (argv: string[], more: Parameters<typeof cli>[1] = {}) =>
  cli(['call', ...argv], { cwd: project.dir, ...more })
const orders = ['Orders API', '--params', 'customer_id=12345']
const last = () => {
  const request = upstream.requests.at(-1)
  if (!request) throw new Error('Nothing arrived')
  return request
}

test('the body goes to stdout byte for byte, and what was sent and received is told on stderr', async () => {
  const body = Buffer.from('{ "a":1,\n"esc":"\u001b[31m" }')
  upstream.reply({ body })
  const { code, bytes, stderr } = await call(orders)
  expect(code).toBe(0)
  expect(bytes.equals(body)).toBe(true)
  const [sent, received] = stderr.split('\n')
  expect(sent).toBe(`→ GET ${upstream.url}/customers/12345/orders`)
  expect(received).toMatch(/^← 200 OK {2}\d+ B {2}[\d.]+ ms {2}.*cid [0-9a-f]{8}$/)
})

test('on a terminal JSON is laid out and coloured, and what could move the cursor is made visible', async () => {
  upstream.reply({ body: '{"n":12345678901234567890,"esc":"\\u001b","raw":"\u009b"}' })
  const { stdout } = await call(orders, { tty: { stdout: true } })
  expect(stdout).toContain('\u001b[')
  expect(stripVTControlCharacters(stdout)).toBe(
    '{\n  "n": 12345678901234567890,\n  "esc": "\\u001b",\n  "raw": "\\x9b"\n}\n',
  )
  upstream.reply({ body: 'plain \u001b[2Jtext', headers: { 'content-type': 'text/plain' } })
  expect((await call(['Plain'], { tty: { stdout: true } })).stdout).toBe('plain \\x1b[2Jtext\n')
})

test('bytes that are no text are not thrown at a terminal', async () => {
  upstream.reply({ body: new Uint8Array([0, 1, 2, 255]), headers: { 'content-type': 'application/octet-stream' } })
  const { stdout, stderr } = await call(['Plain'], { tty: { stdout: true } })
  expect(stdout).toBe('')
  expect(stderr).toContain('4 B that are no text')
})

test('-i puts status and headers before the body', async () => {
  upstream.reply({ status: 201, headers: { 'x-a': 'b', 'set-cookie': ['a=1', 'b=2'] }, body: '{}' })
  const { stdout } = await call([...orders, '-i'])
  expect(stdout).toMatch(/^HTTP\/1\.1 201 Created\n/)
  expect(stdout).toContain('x-a: b\n')
  expect(stdout).toContain('set-cookie: a=1\nset-cookie: b=2\n')
  expect(stdout).toMatch(/\n\n\{\}$/)
})

test('-v tells both messages and the phases', async () => {
  upstream.reply({ headers: { 'x-reply': 'yes' }, body: '{}' })
  const { stderr } = await call([...orders, '-v', '-d', '{"quantity": 2}', '-H', 'X-Mine: 1'])
  expect(stderr).toMatch(/^> x-mine: 1$/im)
  expect(stderr).toMatch(/^> \{"quantity": 2\}$/m)
  expect(stderr).toMatch(/^< x-reply: yes$/m)
  expect(stderr).toMatch(/^ {2}wait +[\d.]+ ms$/m)
  expect(stderr).toMatch(/^ {2}connect +[\d.]+ ms$/m)
})

test('-q says nothing but the body', async () => {
  expect(await call([...orders, '-q'])).toMatchObject({ stdout: '{}', stderr: '' })
})

test('-d makes it a POST, and text, @file and - are sent as they are', async () => {
  await call([...orders, '-d', '{"quantity": 2}'])
  expect(last()).toMatchObject({ method: 'POST', body: Buffer.from('{"quantity": 2}') })
  expect(last().headers['content-type']).toMatch(/^application\/json/)
  await call([...orders, '-d', '@body.json', '-X', 'put'])
  expect(last()).toMatchObject({ method: 'PUT', body: Buffer.from('{"from": "a file"}') })
  await call([...orders, '-d', '-'], { stdin: 'not json' })
  expect(last().body.toString()).toBe('not json')
  await call([...orders, '-d', ''])
  expect(last()).toMatchObject({ method: 'POST', body: Buffer.from('') })
})

test('headers of the call are sent, repeated ones joined', async () => {
  await call([...orders, '-H', 'X-Mine: a', '-H', 'x-mine: b', '-H', 'X-Eq=c:d', '--cid', 'my.cid-1'])
  expect(last().headers).toMatchObject({ 'x-mine': 'a, b', 'x-eq': 'c:d', 'x-zato-cid': 'my.cid-1' })
})

test('--json is one document with request, response, phases and attempts', async () => {
  upstream.reply({ status: 404, body: '{"error": "gone"}' })
  const { code, stdout, stderr } = await call([...orders, '--json', '-d', '{"a":1}'])
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' })
  const document = JSON.parse(stdout) as Record<string, unknown>
  expect(document).toMatchObject({
    v: 1,
    cid: last().headers['x-zato-cid'],
    request: { method: 'POST', url: `${upstream.url}/customers/12345/orders`, bodyText: '{"a":1}' },
    response: { status: 404, body: { error: 'gone' }, bodyText: '{"error": "gone"}' },
    attempts: 1,
  })
  expect(document.phases).toHaveProperty('wait')
})

test('what -v and --json show as sent is what arrived, trace and all', async () => {
  const { stdout } = await call([...orders, '--json'])
  const { request } = JSON.parse(stdout) as { request: { headers: Record<string, string> } }
  const names = Object.keys(request.headers).map((name) => name.toLowerCase())
  const arrived = Object.keys(last().headers).filter((name) => !['host', 'connection', 'content-length'].includes(name))
  expect(names.sort()).toEqual(arrived.sort())
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.toLowerCase() !== 'authorization') expect(last().headers[name.toLowerCase()]).toBe(value)
  }
})

test('--dry-run prints the request and sends nothing', async () => {
  const { code, stdout } = await call([...orders, '--dry-run', '-d', '{"a":1}'])
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`^POST ${upstream.url}/customers/12345/orders\n`))
  expect(stdout).toContain('\n{"a":1}\n')
  expect(upstream.requests).toEqual([])
})

test('--curl prints a line that sends the same, with secrets as variables, and sends nothing itself', async () => {
  const { code, stdout, stderr } = await call([...orders, '--curl', '-d', `{"it's": "$HOME"}`, '--params', 'q=a b&c'])
  expect(code).toBe(0)
  expect(upstream.requests).toEqual([])
  expect(stdout).toContain(`-u shop:"$ORDERS_PASSWORD"`)
  expect(stderr).toContain('set -a; . ./.env; set +a')
  await run('sh', ['-c', stdout], { env: { ...process.env, ORDERS_PASSWORD: `it's a "secret" word` } })
  const fromCurl = last()
  await call([...orders, '-d', `{"it's": "$HOME"}`, '--params', 'q=a b&c'])
  const fromCall = last()
  expect(fromCurl).toMatchObject({ method: fromCall.method, url: fromCall.url, body: fromCall.body })
  for (const name of ['authorization', 'content-type', 'accept', 'user-agent', 'accept-encoding']) {
    expect(fromCurl.headers[name]).toBe(fromCall.headers[name])
  }
})

test('--curl of an API key refers to its variable, and --show-secrets prints it', async () => {
  expect((await call(['Partner', '--curl'])).stdout).toMatch(/-H 'x-partner: '"\$PARTNER_KEY"/i)
  const shown = await call(['Partner', '--curl', '--show-secrets'])
  expect(shown.stdout).toContain('partner-key-123')
  expect(shown.stderr).toBe('')
})

test('--curl of secrets in the query prints a line that sends the same, and says what to put in where no variable stands', async () => {
  const plain = await call(['Searched', '--curl'])
  expect(plain.stdout).toContain('&token=<secret: "token">')
  expect(plain.stderr).toContain('It needs QUERY_KEY, HEADER_TOKEN in the shell')
  expect(plain.stderr).toContain(
    'in the place of <secret: "X-Mixed-Token">, <secret: "token">: --show-secrets prints it',
  )
  const line = plain.stdout
    .replace('<secret: "X-Mixed-Token">', 'Key a-header-token')
    .replace('<secret: "token">', 'literal')
  await run('sh', ['-c', line], { env: { ...process.env, QUERY_KEY: queryKey, HEADER_TOKEN: 'a-header-token' } })
  const fromCurl = last()
  await call(['Searched'])
  expect(fromCurl.url).toBe(last().url)
  for (const name of ['x-auth-token', 'x-mixed-token']) expect(fromCurl.headers[name]).toBe(last().headers[name])
})

test('a missing placeholder says where it stands and what to type', async () => {
  const { code, stdout, stderr } = await call(['Orders API'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toBe(
    [
      'error[ZN401]: "Orders API" needs a value for {customer_id}',
      '  path  /customers/{customer_id}/orders   zato.yaml:14',
      `  try   zato-ts call 'Orders API' --params customer_id=777`,
      '',
    ].join('\n'),
  )
})

test('-o writes the body to a file', async () => {
  upstream.reply({ body: 'bytes' })
  const { stdout, stderr } = await call(['Plain', '-o', 'out.bin'])
  expect(stdout).toBe('')
  expect(stderr).toContain('Wrote 5 B to out.bin')
  expect(await readFile(join(project.dir, 'out.bin'), 'utf8')).toBe('bytes')
  const failed = await call(['Plain', '-o', 'no/such/folder/x'])
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('error[ZU007]')
})

test('--repeat calls one after the other, sums up, and has the exit code of the worst', async () => {
  upstream.reply((request) => ({ status: upstream.requests.indexOf(request) === 1 ? 503 : 200, body: '{}' }))
  const { code, stdout, stderr } = await call([...orders, '--repeat', '3'])
  expect(code).toBe(5)
  expect(stdout).toBe('{}{}{}')
  expect(stderr).toMatch(/3 calls: 2 ok, 1 failed; fastest .* median .* slowest .*/)
  expect(new Set(upstream.requests.map((request) => request.headers['x-zato-cid'])).size).toBe(3)
})

test('--ignore-status makes any status a success', async () => {
  upstream.reply({ status: 500 })
  expect((await call([...orders, '--ignore-status'])).code).toBe(0)
})

test('an unknown connection is named with the closest one', async () => {
  const { code, stderr } = await call(['Order API'])
  expect(code).toBe(2)
  expect(stderr).toBe('error[ZU003]: Unknown connection "Order API"\n  hint  did you mean "Orders API"?\n')
})
