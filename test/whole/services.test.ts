import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Serving, binary, serve } from '../helpers/serve.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

/** The ways of calling that the README shows, in a generated project, through real HTTP, against a real upstream. */

const run = promisify(execFile)

const services: Record<string, string> = {
  'fetch-and-return.ts': `
    import { Service } from 'zato-ts'
    export class FetchAndReturn extends Service {
      static override readonly name = 'test.fetch-and-return'
      async handle() {
        const params = { customer_id: '12345', status: 'pending' }
        const conn = this.out.rest['Upstream'].conn
        const response = await conn.get(this.cid, { params })
        this.response.payload = response.data
      }
    }`,
  'from-the-channel.ts': `
    import { Service } from 'zato-ts'
    export class FromTheChannel extends Service {
      static override readonly name = 'test.from-the-channel'
      async handle() {
        const { customer_id, status } = this.request.input as { customer_id: string; status: string }
        const response = await this.out.rest['Upstream'].conn.get(this.cid, { params: { customer_id, status } })
        return response.data
      }
    }`,
  'post-nested.ts': `
    import { Service } from 'zato-ts'
    export class PostNested extends Service {
      static override readonly name = 'test.post-nested'
      async handle() {
        const payload = { order: { lines: [{ sku: 'A1', quantity: 2 }], note: null }, received: this.request.payload }
        const response = await this.out.rest['Orders'].conn.post(this.cid, payload)
        this.response.payload = response.data
      }
    }`,
  'headers.ts': `
    import { Service } from 'zato-ts'
    export class Headers extends Service {
      static override readonly name = 'test.headers'
      async handle() {
        const headers = { 'X-Request-Source': 'zato-ts', 'X-My-Correlation': this.cid }
        const response = await this.out.rest['Orders'].conn.get(this.cid, { headers })
        this.response.payload = response.data
      }
    }`,
  'status.ts': `
    import { HttpStatus, Service } from 'zato-ts'
    export class Status extends Service {
      static override readonly name = 'test.status'
      async handle() {
        const response = await this.out.rest['Upstream'].conn.get(this.cid, { params: { customer_id: '1', ...this.request.http.query } })
        if (response.statusCode === HttpStatus.NOT_FOUND) {
          this.response.statusCode = HttpStatus.NOT_FOUND
          this.response.payload = { error: 'No such customer' }
          return
        }
        if (!response.ok) throw new Error('Upstream said ' + response.statusCode)
        this.response.payload = response.data
      }
    }`,
  'every-method.ts': `
    import { Service } from 'zato-ts'
    export class EveryMethod extends Service {
      static override readonly name = 'test.every-method'
      async handle() {
        const { conn } = this.out.rest['Orders']
        const answers = [
          await conn.get(this.cid),
          await conn.post(this.cid, { n: 1 }),
          await conn.put(this.cid, { n: 2 }),
          await conn.patch(this.cid, { n: 3 }),
          await conn.delete(this.cid),
          await conn.head(this.cid),
          await conn.options(this.cid),
        ]
        return answers.map((answer) => answer.statusCode)
      }
    }`,
  'own-verbs.ts': `
    import { Service } from 'zato-ts'
    export class OwnVerbs extends Service {
      static override readonly name = 'test.own-verbs'
      handleGET() { return { verb: 'GET' } }
      handlePOST() { return { verb: 'POST', got: this.request.payload } }
      handlePUT() { return { verb: 'PUT' } }
      handlePATCH() { return { verb: 'PATCH' } }
      handleDELETE() { return { verb: 'DELETE' } }
    }`,
  'pass-through.ts': `
    import { Service } from 'zato-ts'
    export class PassThrough extends Service {
      static override readonly name = 'test.pass-through'
      async handle() {
        return this.out.rest['Orders'].conn.get(this.cid)
      }
    }`,
  'unreachable.ts': `
    import { Service } from 'zato-ts'
    export class Unreachable extends Service {
      static override readonly name = 'test.unreachable'
      async handle() {
        return this.out.rest['Dead'].conn.get(this.cid)
      }
    }`,
}

const channel = (name: string, path: string, service: string) =>
  `  - name: ${name}\n    url_path: ${path}\n    service: ${service}\n`

function projectFile(upstream: string): string {
  return `outgoing_rest:
  - name: Upstream
    host: ${upstream}
    url_path: /customers/{customer_id}/orders
  - name: Orders
    host: ${upstream}
    url_path: /orders
  - name: Dead
    host: http://127.0.0.1:1
channel_rest:
${[
  channel('Fixed', '/fixed', 'test.fetch-and-return'),
  channel('From channel', '/customers/{customer_id}', 'test.from-the-channel'),
  channel('Post', '/post', 'test.post-nested'),
  channel('Headers', '/headers', 'test.headers'),
  channel('Status', '/status', 'test.status'),
  channel('Every method', '/every-method', 'test.every-method'),
  channel('Own verbs', '/verbs', 'test.own-verbs'),
  channel('Pass', '/pass', 'test.pass-through'),
  channel('Unreachable', '/unreachable', 'test.unreachable'),
].join('')}`
}

let folder: string
let upstream: Upstream
let serving: Serving

beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'zato-ts-whole-'))
  await run(process.execPath, [binary, 'init', 'shop', '--yes'], { cwd: folder })
  const shop = join(folder, 'shop')
  await writeFile(join(shop, 'zato.yaml'), projectFile(upstream.url))
  for (const [file, code] of Object.entries(services)) {
    const path = join(shop, 'services/test', file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, code)
  }
  serving = await serve(shop)
})

afterAll(async () => {
  await serving.stop()
  await upstream.close()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => {
  upstream.reset()
})

const request = (path: string, init?: RequestInit) => fetch(new URL(path, serving.url), init)

const json = { 'content-type': 'application/json' }

test('a service fetches and returns, with path and query from one params object', async () => {
  upstream.reply({ status: 200, headers: json, body: '{"orders":[1,2]}' })
  const response = await request('fixed')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(await response.json()).toEqual({ orders: [1, 2] })
  expect(upstream.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /customers/12345/orders?status=pending',
  ])
})

test('path and query parameters of the channel go on to the upstream, whatever they hold', async () => {
  upstream.reply({ status: 200, headers: json, body: '{}' })
  await request('customers/a%2Fb%20%C3%A9?status=open%26shut')
  expect(upstream.requests[0]?.url).toBe('/customers/a%2Fb%20%C3%A9/orders?status=open%26shut')
})

test('a nested object is posted as JSON, and the reply comes back', async () => {
  upstream.reply({ status: 201, headers: json, body: '{"id":7}' })
  const response = await request('post', { method: 'POST', body: '{"from":{"caller":true}}', headers: json })
  expect(await response.json()).toEqual({ id: 7 })
  const [received] = upstream.requests
  expect(received?.method).toBe('POST')
  expect(received?.headers['content-type']).toMatch(/^application\/json/)
  expect(JSON.parse(String(received?.body))).toEqual({
    order: { lines: [{ sku: 'A1', quantity: 2 }], note: null },
    received: { from: { caller: true } },
  })
})

test('curl -d without a Content-Type header works on a JSON channel', async () => {
  upstream.reply({ status: 200, headers: json, body: '{}' })
  const { stdout } = await run('curl', ['-sS', '-X', 'POST', `${serving.url}post`, '-d', '{"a":[1,{"b":null}]}'])
  expect(stdout).toBe('{}')
  expect(JSON.parse(String(upstream.requests[0]?.body))).toMatchObject({ received: { a: [1, { b: null }] } })
})

test('custom headers arrive, with the cid in one of them, and the caller learns the same cid', async () => {
  upstream.reply({ status: 200, headers: json, body: '{}' })
  const response = await request('headers', { headers: { 'X-Zato-CID': 'my-own.cid_1' } })
  expect(response.headers.get('x-zato-cid')).toBe('my-own.cid_1')
  expect(upstream.requests[0]?.headers).toMatchObject({
    'x-request-source': 'zato-ts',
    'x-my-correlation': 'my-own.cid_1',
    'x-zato-cid': 'my-own.cid_1',
  })
})

test('the status check: 200 is returned, 404 gets a body of its own, a thrown error becomes 500 without internals', async () => {
  upstream.reply({ status: 200, headers: json, body: '{"found":true}' })
  expect(await (await request('status')).json()).toEqual({ found: true })

  upstream.reply({ status: 404, headers: json, body: '{"upstream":"detail"}' })
  const missing = await request('status')
  expect(missing.status).toBe(404)
  expect(await missing.json()).toEqual({ error: 'No such customer' })

  upstream.reply({ status: 503, headers: json, body: '{"upstream":"detail"}' })
  const failed = await request('status')
  expect(failed.status).toBe(500)
  expect(failed.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await failed.json()) as Record<string, unknown>
  expect(problem).toMatchObject({ status: 500, cid: failed.headers.get('x-zato-cid') })
  expect(JSON.stringify(problem)).not.toMatch(/Upstream said|"upstream"/)
})

test('each method reaches the upstream as itself', async () => {
  upstream.reply({ status: 200, headers: json, body: '{}' })
  expect(await (await request('every-method')).json()).toEqual([200, 200, 200, 200, 200, 200, 200])
  expect(upstream.requests.map(({ method }) => method)).toEqual([
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'HEAD',
    'OPTIONS',
  ])
})

test('a service may answer each method in a handler of its own', async () => {
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    expect(await (await request('verbs', { method })).json()).toEqual({ verb: method })
  }
  const posted = await request('verbs', { method: 'POST', body: '[1]' })
  expect(await posted.json()).toEqual({ verb: 'POST', got: [1] })
  const head = await request('verbs', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const options = await request('verbs', { method: 'OPTIONS' })
  expect(options.status).toBe(204)
  expect(options.headers.get('allow')).toContain('PATCH')
})

test('a response is passed on with its status, type and bytes', async () => {
  const body = '{"exact":  1.0}'
  upstream.reply({ status: 418, headers: { 'content-type': 'application/vnd.tea+json' }, body })
  const response = await request('pass')
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    418,
    'application/vnd.tea+json',
    body,
  ])
})

test('an upstream that cannot be reached is 502 to the caller, and the log says why', async () => {
  const response = await request('unreachable')
  expect(response.status).toBe(502)
  expect(await response.text()).not.toContain('127.0.0.1:1')
})
