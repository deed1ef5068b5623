import { execFile } from 'node:child_process'
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CurlRequest, renderCurl } from '../../src/output/curl.js'

const run = promisify(execFile)

interface Arrived {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

let server: Server
let base: string
const arrivals: Arrived[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      arrivals.push({ method: request.method, url: request.url, headers: request.headers, body })
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

async function send(
  request: Omit<CurlRequest, 'url'> & { readonly path: string },
  env: Record<string, string> = {},
): Promise<Arrived> {
  arrivals.length = 0
  const { path, ...rest } = request
  // Through stdin, as somebody pastes it: a whole script is no argument, and may be long.
  const shell = run('sh', [], { env: { ...process.env, ...env } })
  shell.child.stdin?.end(`${renderCurl({ ...rest, url: [base + path] })}\n`)
  await shell
  const [arrived] = arrivals
  if (!arrived) throw new Error('Nothing arrived')
  return arrived
}

const headerText = fc.stringMatching(/^[ -~]{0,40}$/).map((text) => text.trim())
const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 })

test('whatever is sent arrives byte for byte, through a real shell and a real curl', async () => {
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
    path: fc
      .tuple(segment, segment)
      .map(([a, b]) => `/a/${encodeURIComponent(a)}/orders?status=${encodeURIComponent(b)}&ids[]={1,2}&x=../y`),
    header: headerText,
    text: fc.option(
      fc.oneof(
        fc.json(),
        fc.string().map((text) => `@${text}`),
        fc.string({ unit: 'grapheme' }),
      ),
      { nil: undefined },
    ),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, header, text }) => {
      const body = text === undefined ? undefined : Buffer.from(text)
      const got = await send({
        method,
        path,
        headers: [
          ['x-team', [header]],
          ['content-type', ['application/json']],
        ],
        body,
        bodyParts: text === undefined || text.includes('\0') ? undefined : [text],
      })
      expect(got.method).toBe(method)
      expect(got.url).toBe(path)
      expect(got.headers['x-team']).toBe(header)
      expect(got.body.equals(body ?? Buffer.alloc(0))).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test('bytes that are no text, and a body too long for an argument, go through a pipe', async () => {
  const bytes = Buffer.from([0, 255, 10, 39, 0, 128])
  expect((await send({ method: 'POST', path: '/', headers: [], body: bytes })).body.equals(bytes)).toBe(true)
  const long = Buffer.from("it's ".repeat(60_000))
  const got = await send({ method: 'POST', path: '/', headers: [], body: long, bodyParts: [long.toString()] })
  expect(got.body.equals(long)).toBe(true)
})

test('curl adds no header of its own', async () => {
  const got = await send({ method: 'POST', path: '/', headers: [], body: Buffer.from('{}'), bodyParts: ['{}'] })
  expect(Object.keys(got.headers).sort()).toEqual(['content-length', 'host'])
})

test('a password that stands in a variable becomes Basic credentials', async () => {
  const got = await send(
    { method: 'GET', path: '/', headers: [], user: ['shop:', { variable: 'P' }] },
    { P: `it's "$x" pä` },
  )
  expect(got.headers.authorization).toBe(`Basic ${Buffer.from(`shop:it's "$x" pä`).toString('base64')}`)
})

test('an empty header is sent, and a HEAD waits for no body', async () => {
  const got = await send({ method: 'HEAD', path: '/x', headers: [['x-empty', ['']]] })
  expect(got.method).toBe('HEAD')
  expect(got.headers['x-empty']).toBe('')
})
