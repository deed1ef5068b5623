import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import dns from 'node:dns'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { startUpstream, unusedPort } from '../helpers/upstream.js'
import { until } from '../runtime/until.js'
import { cid, closeAll, open } from './helpers/open-outgoing.js'

const pem = (name: string) => fileURLToPath(new URL(`fixtures/${name}.pem`, import.meta.url))
const tls = { key: readFileSync(pem('localhost.key')), cert: readFileSync(pem('localhost.cert')) }

afterEach(async () => {
  await closeAll()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** An API that answers with the address that it was reached at. */
async function listenOn(host: string, port: number): Promise<number> {
  const server: Server = createServer((request, response) => response.end(request.socket.localAddress))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host, port }, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

type Addresses = readonly (readonly [address: string, family: 4 | 6])[]

/** Makes the resolver of Node give these addresses for any name. */
function resolveTo(addresses: () => Addresses) {
  const lookup = (_: string, options: dns.LookupOptions, done: (...result: unknown[]) => void) => {
    const found = addresses().map(([address, family]) => ({ address, family }))
    if (options.all) done(null, found)
    else done(null, found[0]?.address, found[0]?.family)
  }
  return vi.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup)
}

describe('a name with addresses of both families', () => {
  const both: Addresses = [
    ['::1', 6],
    ['127.0.0.1', 4],
  ]
  const table: [listening: string, order: Addresses][] = [
    ['127.0.0.1', both],
    ['127.0.0.1', [...both].reverse()],
    ['::1', both],
    ['::1', [...both].reverse()],
  ]
  for (const [listening, order] of table) {
    test(`is reached on ${listening} when ${order[0]?.[0]} comes first`, async () => {
      const port = await listenOn(listening, 0)
      resolveTo(() => order)
      const { conn } = open({ host: `http://both.example.com:${port}`, dataFormat: 'text', timeout: 5 })
      expect((await conn.get(cid)).data).toBe(listening)
    })
  }

  test('is refused once both have been tried', async () => {
    const port = await unusedPort()
    resolveTo(() => both)
    const { conn } = open({ host: `http://both.example.com:${port}`, timeout: 5 })
    await expect(conn.get(cid)).rejects.toMatchObject({ code: 'ZN102' })
  })
})

test('a literal address of IPv6 is a host', async () => {
  const port = await listenOn('::1', 0)
  const { conn } = open({ host: `http://[::1]:${port}`, dataFormat: 'text' })
  expect((await conn.get(cid)).data).toBe('::1')
})

describe('a host that moves to another address', () => {
  async function moving() {
    const port = await listenOn('127.0.0.1', 0)
    await listenOn('127.0.0.2', port)
    const addresses: [string, 4][] = [['127.0.0.1', 4]]
    const lookup = resolveTo(() => addresses)
    const { conn } = open({ host: `http://moving.example.com:${port}`, dataFormat: 'text', poolSize: 1 })
    return { lookup, ask: async () => (await conn.get(cid)).data, move: () => (addresses[0] = ['127.0.0.2', 4]) }
  }

  test('is found there by the next socket, and looked up no more often than sockets are opened', async () => {
    const { lookup, ask, move } = await moving()
    expect([await ask(), await ask()]).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(lookup).toHaveBeenCalledTimes(1)
    move()
    expect(await ask()).toBe('127.0.0.1')
  })

  test('is found there after five minutes by a socket that is never idle', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { ask, move } = await moving()
    expect(await ask()).toBe('127.0.0.1')
    move()
    vi.advanceTimersByTime(4 * 60_000)
    expect(await ask()).toBe('127.0.0.1')
    vi.advanceTimersByTime(2 * 60_000)
    expect([await ask(), await ask()]).toEqual(['127.0.0.2', '127.0.0.2'])
  })
})

test('a proxy that speaks HTTPS is verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())
  const proxy = await startUpstream(undefined, { tls })
  onTestFinished(() => proxy.close())
  const { conn } = open({ host: 'http://api.example.com', proxy: proxy.url })
  await expect(conn.get(cid)).rejects.toMatchObject({ name: 'ConnectionFailed' })
  expect(proxy.requests).toEqual([])
})

describe('with the real binary', () => {
  test('serve warns of NODE_TLS_REJECT_UNAUTHORIZED=0 once, and of a connection that is not verified', async () => {
    const yaml = `outgoing_rest: [{ name: A, host: 'https://a.example.com', validate_tls: false }]\n`
    const cwd = await temporaryProject({ 'zato.yaml': yaml, 'services/a.ts': '' })
    const serving = await serve(cwd, [], { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    onTestFinished(() => void serving.stop())
    const warnings = () => serving.events().filter(({ type, level }) => type === 'log' && level === 'warn')
    await until(() => warnings().length > 0)
    await writeFile(join(cwd, 'services/a.ts'), 'export {}')
    await until(() => serving.events().some(({ type }) => type === 'reloaded'))
    expect(warnings().map(({ message }) => String(message).split(':')[0])).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED=0'])
    const told = serving.events().find(({ type }) => type === 'problems')
    expect(JSON.stringify(told)).toContain('The certificate of \\"A\\" is not verified')
  })

  test('~/.netrc is ignored', async () => {
    const upstream = await startUpstream()
    const home = await mkdtemp(join(tmpdir(), 'zato-ts-home-'))
    onTestFinished(async () => {
      await rm(home, { recursive: true })
      await upstream.close()
    })
    await writeFile(join(home, '.netrc'), 'machine 127.0.0.1 login ann password b-secret\ndefault login a password b\n')
    const cwd = await temporaryProject({ 'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}' }]\n` })
    expect((await zato(['call', 'A'], { cwd, env: { HOME: home } })).code).toBe(0)
    expect(upstream.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('NODE_EXTRA_CA_CERTS adds authorities, and NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing but draws a warning', async () => {
    const upstream = await startUpstream(undefined, { tls })
    onTestFinished(() => upstream.close())
    const cwd = await temporaryProject({ 'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}' }]\n` })
    const run = (env: Record<string, string>) => zato(['call', 'A'], { cwd, env })
    const [plain, unverified, trusting] = await Promise.all([
      run({}),
      run({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
      run({ NODE_EXTRA_CA_CERTS: pem('localhost.cert') }),
    ])
    expect([plain.code, unverified.code, trusting.code]).toEqual([6, 6, 0])
    expect(unverified.stderr.match(/NODE_TLS_REJECT_UNAUTHORIZED=0/g)).toHaveLength(1)
    expect(plain.stderr + trusting.stderr).not.toContain('NODE_TLS_REJECT_UNAUTHORIZED')
  })
})
