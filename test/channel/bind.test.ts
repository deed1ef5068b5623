import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, type Server, connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { AddressError } from '../../src/channel/address-error.js'
import { bind } from '../../src/channel/bind.js'
import { commandOf, findPortOwner, listeningInodes } from '../../src/channel/port-owner.js'
import { ReservedPort } from '../../src/channel/reserved-port.js'

async function listening(host: string, port = 0): Promise<number> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return (server.address() as AddressInfo).port
}

function newServer(): Server {
  const server = createServer()
  onTestFinished(() => void server.close())
  return server
}

const failure = (host: string, port: number) =>
  bind(newServer(), { host, port }).then(
    () => undefined,
    (error: unknown) => error as AddressError,
  )

test.each(['127.0.0.1', '0.0.0.0', '::1', '::'])(
  'a port that is in use on %s is found, with a free one',
  async (host) => {
    const port = await listening(host)
    const error = await failure(host, port)
    expect(error).toBeInstanceOf(AddressError)
    expect(error?.message).toContain(`Port ${port} of ${host} is in use`)
    const free = error?.freePort ?? 0
    expect(free).toBeGreaterThan(port)
    expect((await bind(newServer(), { host, port: free })).port).toBe(free)
  },
)

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '127.0.0.1'],
  ['::', '::1'],
])('a port that somebody has on %s cannot be had on %s', async (theirs, ours) => {
  const port = await listening(theirs)
  expect((await failure(ours, port))?.fault).toBe('in use')
})

test('where another program has the port of ::1, the url does not say localhost', async () => {
  const port = await listening('::1')
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const server = newServer()
    expect(await bind(server, { host, port })).toMatchObject({ isShadowed: true, url: `http://127.0.0.1:${port}/` })
    await new Promise((resolve) => server.close(resolve))
  }
  expect(await bind(newServer(), { host: '127.0.0.1', port: 0 })).toMatchObject({ isShadowed: false })
})

test('an address that only looks like localhost is told as it is', async () => {
  const { url, port } = await bind(newServer(), { host: '127.0.0.5', port: 0 })
  expect(url).toBe(`http://127.0.0.5:${port}/`)
})

const firstFree = () => Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
const canBeRefused = process.platform === 'linux' && firstFree() > 81

test.runIf(canBeRefused)('a port that this user may not have is told, with one that it may', async () => {
  const root = process.getuid?.() === 0
  if (root) process.seteuid?.(65_534)
  const error = await failure('127.0.0.1', 81)
  if (root) process.seteuid?.(0)
  expect(error?.message).toBe('Port 81 of 127.0.0.1 may not be bound by this user')
  expect(error?.freePort).toBeGreaterThanOrEqual(8081)
})

test('a host that is not ours, or unknown, is told as such', async () => {
  expect((await failure('192.0.2.1', 0))?.message).toBe('"192.0.2.1" is no address of this machine')
  expect((await failure('no-such-host.invalid', 0))?.message).toBe('The host "no-such-host.invalid" was not found')
})

test.runIf(process.platform === 'linux')('the owner of a port is the process that listens on it', async () => {
  const port = await listening('127.0.0.1')
  expect(findPortOwner(port)?.pid).toBe(process.pid)
  expect(findPortOwner(1)).toBeUndefined()
})

test('only sockets that listen are looked at', () => {
  const row = (local: string, state: string, inode: string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0`
  const table = ['  sl  local_address rem_address', row('0100007F:2BD7', '0A', '71'), row('0100007F:2BD7', '01', '72')]
  expect(listeningInodes([...table, row('00000000:2BD8', '0A', '73')].join('\n'), 11_223)).toEqual(['71'])
})

test.each([
  ['/usr/bin/node\0--watch\0/home/me/server.js\0--password\0secret\0', 'node server.js'],
  ['/usr/bin/node\0--require\0/x/first.cjs\0/home/me/server.js\0', 'node server.js'],
  ['node\0-e\0const secret = 1\0', 'node'],
  ['nginx: master process /usr/sbin/nginx\0', 'nginx'],
  ['/usr/lib/postgresql/16/bin/postgres\0-D\0/data\0', 'postgres'],
  ['python3.12\0manage.py\0runserver\0', 'python3.12 manage.py'],
])('a command line is shown without what may be secret: %j', (line, shown) => {
  expect(commandOf(line)).toBe(shown)
})

test('a reserved port is nobody else’s, and who came early is answered', async () => {
  const reserved = await ReservedPort.take('127.0.0.1')
  expect((await failure('127.0.0.1', reserved.port))?.fault).toBe('in use')
  const early = connect(reserved.port, '127.0.0.1')
  early.write('GET /early HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await new Promise((resolve) => early.once('connect', resolve))

  const server = createHttpServer((request, response) => response.end(`answer to ${request.url ?? ''}`))
  onTestFinished(() => void server.close())
  expect((await bind(server, { host: '127.0.0.1', port: reserved.port }, reserved)).port).toBe(reserved.port)
  expect(await text(early)).toContain('answer to /early')
  const later = await fetch(`http://127.0.0.1:${reserved.port}/later`)
  expect(await later.text()).toBe('answer to /later')
  reserved.release()
  expect((await fetch(`http://127.0.0.1:${reserved.port}/still`)).status).toBe(200)
})

test('a reserved port that nobody wants can be given up', async () => {
  const reserved = await ReservedPort.take('127.0.0.1')
  const { port } = reserved
  reserved.release()
  reserved.release()
  expect(await listening('127.0.0.1', port)).toBe(port)
})
