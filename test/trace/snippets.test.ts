import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { transform } from 'esbuild'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createLogger } from '../../src/log.js'
import { Outgoing } from '../../src/outgoing/outgoing.js'
import { loadProject } from '../../src/project/read.js'
import { createRedactor } from '../../src/redact.js'
import { Capture } from '../../src/runtime/capture/capture.js'
import { snippetsOfTrace } from '../../src/runtime/snippets.js'
import { harOf } from '../../src/trace/snippets/har.js'
import { Recorder } from '../../src/trace/recorder.js'
import type { Trace } from '../../src/trace/record.js'
import { TraceStore } from '../../src/trace/store.js'
import { cli } from '../helpers/run-cli.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { type ReceivedRequest, startUpstream } from '../helpers/upstream.js'

const secret = 'canary-7f3a9c21'

async function set() {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const folder = await temporaryProject({
    '.env': `ORDERS_KEY=${secret}\n`,
    'zato.yaml': `security:
  - { name: key, type: apikey, header: X-Key, password: '\${ORDERS_KEY}' }
outgoing_rest:
  - { name: "It's orders", host: '${upstream.url}', url_path: '/c/{customer_id}/orders', security: key }
`,
  })
  const { project } = await loadProject({ file: `${folder}/zato.yaml`, env: {} })
  const redactor = createRedactor(project.secrets, project.secretNames)
  const store = new TraceStore()
  const capture = new Capture(store, () => ({ root: folder, redactor, sourceOf: () => undefined }))
  const outgoing = new Outgoing({ project, redactor, log: createLogger(() => undefined) })
  onTestFinished(() => outgoing.close())

  async function call(request: Generated): Promise<Trace> {
    const recording = capture.begin({
      cid: 'cid',
      kind: 'call',
      title: '',
      method: request.method,
      connection: "It's orders",
      startedAt: Date.now(),
      source: 'cli',
    })
    const { id } = recording.live
    recording.recorderStarts()
    const recorder = new Recorder({ trace: { id, isDetailed: true }, redactor, sink: capture.onSpans })
    const { body, ...options } = request
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : Buffer.from(body) }
    await outgoing.connection("It's orders", { recorder }).request('cid', { ...options, ...payload })
    recording.close({ class: 'ok', status: 200 })
    return recording.live.trace
  }
  return { upstream, folder, project, outgoing, call }
}

interface Generated {
  readonly method: string
  readonly params: Record<string, string | string[]>
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array
}

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    `'`,
    `"`,
    '$HOME',
    '`id`',
    '\\',
    '!',
    '@file',
    '-',
    '{a}',
    '[1-3]',
    'a=b&c',
    '%2e',
    ' ',
    '\n',
    '#x',
    'ä€😀',
  ),
)
const text = odd.map((one) => Buffer.from(one).toString().replaceAll('\0', ''))
const segment = text.filter((one) => one !== '' && !/^\.{1,2}$/.test(one))
const header = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
  .map((one) => one.trim())
  .filter((one) => one !== '')
const json = fc.json().filter((one) => one.startsWith('{') || one.startsWith('['))
const body = fc.oneof(text.filter(Boolean), json, fc.uint8Array({ minLength: 1, maxLength: 40 }))

const request = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'),
    id: segment,
    query: fc.dictionary(
      segment.filter((one) => one !== 'customer_id'),
      fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
      { maxKeys: 3 },
    ),
    headers: fc.dictionary(fc.constantFrom('X-Team', 'X-Other', 'Accept-Language'), header, { maxKeys: 2 }),
    body: fc.option(body, { nil: undefined }),
  })
  .map(({ method, id, query, headers, body: sent }): Generated => {
    const params = { customer_id: id, ...query }
    return { method, params, headers: { ...headers }, ...(method !== 'GET' && sent !== undefined && { body: sent }) }
  })

/** What must be the same. Each call has ids of its own; what is client of HTTP may differ. */
function essence({ method, url, headers, body: sent }: ReceivedRequest) {
  const names = [
    'x-key',
    'x-team',
    'x-other',
    'accept-language',
    'content-type',
    'accept',
    'accept-encoding',
    'user-agent',
  ]
  return { method, url, headers: names.map((name) => headers[name]), body: sent.toString('base64') }
}

async function run(script: string, env: Record<string, string>): Promise<{ stdout: Buffer; stderr: string }> {
  const child = spawn('sh', [], { env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(script)
  const output = Promise.all([buffer(child.stdout), buffer(child.stderr)])
  await once(child, 'close')
  const [stdout, stderr] = await output
  return { stdout, stderr: stderr.toString() }
}

test('300 generated requests, copied and run again, arrive as they did', { timeout: 240_000 }, async () => {
  const { upstream, folder, project, outgoing, call } = await set()
  const requests = fc.sample(request, 300)
  const traces: Trace[] = []
  for (const one of requests) traces.push(await call(one))
  const first = upstream.requests.map(essence)
  expect(first).toHaveLength(300)
  const snippets = traces.map((trace) => snippetsOfTrace(trace, 1, { project, channelsUrl: '' }))
  for (const { curl, zato, typescript } of snippets) expect(curl + zato + typescript).not.toContain(secret)

  upstream.reset()
  const curls = await run(snippets.map(({ curl }) => `${curl} >/dev/null`).join('\n'), { ORDERS_KEY: secret })
  expect(curls.stderr).toBe('')
  expect(upstream.requests.map(essence)).toEqual(first)

  upstream.reset()
  // The shell takes the words apart; the command line is run here, because 300 processes take too long.
  const program = `#!/bin/sh\ns=$(base64 -w0); printf '%s\\0' "$#" "$@" "$s"\n`
  const bin = await temporaryProject({ 'zato-ts': program })
  await chmod(`${bin}/zato-ts`, 0o755)
  const lines = snippets.map(({ zato }) => (zato.includes(' | ') ? zato : `${zato} </dev/null`))
  const words = await run(lines.join('\n'), { PATH: `${bin}:${process.env.PATH ?? ''}` })
  const fields = words.stdout.toString().split('\0')
  for (let at = 0; at < fields.length - 1;) {
    const count = Number(fields[at])
    const argv = fields.slice(at + 1, at + 1 + count)
    const stdin = Buffer.from(fields[at + 1 + count] ?? '', 'base64')
    const { code, stderr } = await cli(argv, { cwd: folder, stdin })
    expect({ code, argv, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, argv, stderr: '' })
    at += count + 2
  }
  expect(upstream.requests.map(essence)).toEqual(first)

  upstream.reset()
  const service = { cid: 'cid', out: { rest: outgoing.bind({}) } }
  for (const { typescript } of snippets) {
    const { code } = await transform(`async function run() {\n${typescript}\n}`, { loader: 'ts' })
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what was copied is run
    await (new Function(`${code}; return run.call(this)`).call(service) as Promise<void>)
  }
  expect(upstream.requests.map(essence)).toEqual(first)
})

test('a secret is its variable in curl, and what the configuration does not know is named', async () => {
  const { project, call } = await set()
  const trace = await call({ method: 'GET', params: { customer_id: '12' }, headers: { 'X-Auth-Token': 'mine-only' } })
  const { curl, notes, zato, typescript } = snippetsOfTrace(trace, undefined, { project, channelsUrl: '' })
  expect(curl).toContain(`-H 'X-Key: '"$ORDERS_KEY"`)
  expect(curl).toContain(`'X-Auth-Token: <secret: X-Auth-Token>'`)
  expect(notes).toEqual([
    'Put the value of the header "X-Auth-Token" in the place of <secret: X-Auth-Token>',
    'The shell must know ORDERS_KEY: set -a; . ./.env; set +a',
  ])
  expect(zato).toBe(`zato-ts call 'It'\\''s orders' --params customer_id=12`)
  expect(typescript).toBe(
    `const { conn } = this.out.rest['It\\'s orders']\nconst response = await conn.get(this.cid, { params: { customer_id: '12' } })`,
  )
})

test('HAR has an entry for each attempt, with its times', async () => {
  const { call, upstream } = await set()
  const trace = await call({ method: 'POST', params: { customer_id: '12', a: 'b' }, headers: {}, body: '{"n":1}' })
  const { log } = harOf([trace], { version: '1.2.3', channelsUrl: 'http://localhost:1/' })
  expect(log.entries).toHaveLength(1)
  const [entry] = log.entries
  expect(entry).toMatchObject({
    request: {
      method: 'POST',
      url: `${upstream.url}/c/12/orders?a=b`,
      queryString: [{ name: 'a', value: 'b' }],
      postData: { mimeType: 'application/json', text: '{"n":1}' },
    },
    response: { status: 200, content: { text: '{}', size: 2 } },
    serverIPAddress: '127.0.0.1',
  })
  const times = Object.values(entry?.timings ?? {}).filter((ms) => ms > 0)
  expect(times.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(entry?.time ?? 0, -1)
})
