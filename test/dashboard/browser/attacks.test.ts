import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Request, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Upstream, startUpstream } from '../../helpers/upstream.js'
import { type ServedProject, flags, serveDashboard } from './page.js'

/** Pages that mean harm, in a real browser: elsewhere on the web, on another port, under a rebound name, and of a channel. */

const canary = 'canary-5d2b7e90'
const api = '/_zato/api/v1'

let folder: string
let upstream: Upstream
let served: ServedProject
let browser: Browser
let evil: Server
let evilPort: number
let port: string
let token: string

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'zato-ts-attacks-')))
  upstream = await startUpstream()
  const files: Record<string, string> = {
    'zato.yaml': `# untouched
security:
  - { name: Key, type: apikey, password: '\${KEY}' }
outgoing_rest:
  - { name: API, host: '${upstream.url}', url_path: /pay, security: Key }
channel_rest:
  - { name: Page, url_path: /page, service: page }
`,
    '.env': `KEY=${canary}\n`,
    'services/page.ts': `import { Service } from 'zato-ts'
export class Page extends Service {
  static override readonly name = 'page'
  handle() {
    this.response.contentType = 'text/html'
    this.response.payload = '<!doctype html><title>channel</title>'
    return Promise.resolve()
  }
}
`,
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  evil = createServer((_, reply) => {
    reply.writeHead(200, { 'content-type': 'text/html' })
    reply.end('<!doctype html><title>evil</title>')
  }).listen(0, '127.0.0.1')
  await once(evil, 'listening')
  evilPort = (evil.address() as AddressInfo).port
  served = await serveDashboard(folder)
  port = new URL(served.dashboard).port
  token = new URL(served.link).hash.slice('#t='.length)
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...flags, '--host-resolver-rules=MAP evil.test 127.0.0.1,MAP rebound.test 127.0.0.1'],
  })
})

afterAll(async () => {
  await browser.close()
  await served.serving.stop()
  evil.close()
  await upstream.close()
  await rm(folder, { recursive: true, force: true })
})

const fileHash = async () =>
  createHash('sha256')
    .update(await readFile(join(folder, 'zato.yaml')))
    .digest('hex')

/** A window has left the empty page that it begins with: it may not be read any more, is closed to its opener, or has been loaded. */
const isLoaded = `async (opened) => {
  const isThere = () => {
    try { return !opened || opened.closed || (opened.location.href !== 'about:blank' && opened.document.readyState === 'complete') }
    catch { return true }
  }
  for (const deadline = Date.now() + 10_000; !isThere();) {
    if (Date.now() > deadline) throw new Error('The window stays empty')
    await new Promise((done) => setTimeout(done, 10))
  }
}`

/** Everything that a page can try, with the right token and without; tells what it could read. */
const attack = `async ({ base, token, edit }) => {
  const isLoaded = ${isLoaded}
  const read = []
  const reads = async (name, work) => {
    try { const got = await work(); if (got) read.push(name + ': ' + String(got).slice(0, 200)) } catch {}
  }
  const withToken = { authorization: 'Bearer ' + token }
  const json = { 'content-type': 'application/json' }
  const call = JSON.stringify({ method: 'POST', body: '{}' })
  const text = async (path, options) => (await fetch(base + path, options)).text()
  for (const path of ['/state', '/traces', '/connections', '/logs', '/events', '/schema']) {
    await reads('fetch ' + path, () => text('${api}' + path))
    await reads('fetch with the token ' + path, () => text('${api}' + path, { headers: withToken }))
    await reads('fetch with credentials ' + path, () => text('${api}' + path, { credentials: 'include' }))
    await reads('no-cors ' + path, () => text('${api}' + path, { mode: 'no-cors' }))
  }
  await reads('fetch of the page', () => text('/'))
  for (const [path, body] of [['/connections/API/call', call], ['/config/apply', edit], ['/reload', '{}'], ['/config/undo', '{}']]) {
    for (const headers of [{}, json, withToken, { ...json, ...withToken }, { 'content-type': 'text/plain' }])
      await reads('post ' + path, () => text('${api}' + path, { method: 'POST', body, headers }))
    await reads('no-cors post ' + path, () => text('${api}' + path, { method: 'POST', body, mode: 'no-cors' }))
    navigator.sendBeacon(base + '${api}' + path, body)
    const frame = document.createElement('iframe')
    frame.name = 'into' + Math.random()
    document.body.append(frame)
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: base + '${api}' + path, enctype: 'text/plain', target: frame.name })
    const field = document.createElement('input')
    Object.assign(field, { name: body, value: '' })
    form.append(field)
    document.body.append(form)
    form.submit()
  }
  await reads('delete', () => text('${api}/traces', { method: 'DELETE', headers: { ...json, ...withToken } }))
  await reads('EventSource', () => new Promise((done) => {
    const source = new EventSource(base + '${api}/events')
    source.onmessage = ({ data }) => done(data)
    source.onerror = () => done('')
  }))
  await reads('WebSocket', () => new Promise((done) => {
    const socket = new WebSocket(base.replace('http', 'ws') + '${api}/events')
    socket.onopen = () => done('open')
    socket.onerror = () => done('')
  }))
  for (const [tag, name] of [['script', 'src'], ['img', 'src'], ['link', 'href']])
    await reads(tag, () => new Promise((done) => {
      const one = document.createElement(tag)
      if (tag === 'link') one.rel = 'stylesheet'
      one.onload = () => done('loaded')
      one.onerror = () => done('')
      one[name] = base + '${api}/state'
      document.head.append(one)
    }))
  await reads('iframe', () => new Promise((done) => {
    const frame = document.createElement('iframe')
    frame.onload = () => { try { done(frame.contentDocument?.body.innerText) } catch { done('') } }
    frame.src = base + '/#t=' + token
    document.body.append(frame)
  }))
  const opened = open(base + '/traces')
  await isLoaded(opened)
  await reads('window', () => opened?.document?.body.innerText)
  await reads('storage of the window', () => opened?.localStorage && JSON.stringify(opened.localStorage))
  opened?.close()
  return read
}`

const state = async () => {
  const reply = await fetch(`http://localhost:${port}${api}/state`, { headers: { authorization: `Bearer ${token}` } })
  return (await reply.json()) as { readonly revision: string; readonly reloads: readonly unknown[] }
}

test.each([
  ['elsewhere on the web', () => `http://evil.test:${evilPort}/`],
  ['on another port of this machine', () => `http://localhost:${evilPort}/`],
  ['of a channel of the same server', () => `${served.serving.url}page`],
])(
  'a page %s reads nothing, and has no effect',
  async (_, address) => {
    expect(await attackFrom(address(), `http://localhost:${port}`)).toEqual([])
  },
  60_000,
)

test('a page of another loopback address reads nothing from that one, and has no effect', async () => {
  expect(await attackFrom(`http://127.0.0.1:${evilPort}/`, `http://127.0.0.1:${port}`)).toEqual([])
}, 60_000)

test('a name that was made to lead here reads refusals, of its own origin as the browser sees it, and has no effect', async () => {
  const read = await attackFrom(`http://rebound.test:${port}/`, '')
  expect(read.length).toBeGreaterThan(0)
  expect(read.filter((one) => !one.includes('host_not_allowed') && one !== 'storage of the window: {}')).toEqual([])
}, 60_000)

async function attackFrom(address: string, base: string): Promise<readonly string[]> {
  const before = [await fileHash(), upstream.requests.length, (await state()).reloads]
  const operations = [{ op: 'remove', section: 'outgoing_rest', name: 'API' }]
  const edit = JSON.stringify({ operations, baseRevision: (await state()).revision })
  const context = await browser.newContext()
  const page = await context.newPage()
  const underWay = new Set<Request>()
  page.on('request', (request) => underWay.add(request))
  page.on('requestfinished', (request) => underWay.delete(request))
  page.on('requestfailed', (request) => underWay.delete(request))
  await page.goto(address)
  const read = await page.evaluate<string[]>(`(${attack})(${JSON.stringify({ base, token, edit })})`)
  // Beacons and forms are sent while the page goes on.
  await expect
    .poll(() => [...underWay].map((request) => `${request.resourceType()} ${request.url()}`), { timeout: 10_000 })
    .toEqual([])
  await context.close()
  expect([await fileHash(), upstream.requests.length, (await state()).reloads]).toEqual(before)
  expect(read.join()).not.toContain(canary)
  return read
}

test('the page of the dashboard itself can do what the attacks tried, and only with its token', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(served.link)
  const ask = (path: string, options: object) =>
    page.evaluate<number>(`fetch('${api}${path}', ${JSON.stringify(options)}).then(({ status }) => status)`)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const post = { method: 'POST', body: JSON.stringify({ method: 'POST', body: '{}' }) }
  expect(await ask('/state', { headers })).toBe(200)
  expect(await ask('/state', { credentials: 'include' })).toBe(401)
  expect(await ask('/connections/API/call', { ...post, headers: { 'content-type': 'application/json' } })).toBe(401)
  expect(upstream.requests).toHaveLength(0)
  expect(await ask('/connections/API/call', { ...post, headers })).toBe(202)
  await expect.poll(() => upstream.requests.length).toBe(1)
  await context.close()
})
