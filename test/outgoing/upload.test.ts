/* eslint-disable @typescript-eslint/no-deprecated, @typescript-eslint/no-unsafe-class-instance-assignment -- a small form, read as a server would */
import { mkdtemp, open as openFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { BadCall, CallAborted, TimedOut } from '../../src/outgoing/errors.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let upstream: Upstream
let folder: string
beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'zato-upload-'))
})
afterEach(async () => {
  await closeAll()
  upstream.reset()
})
afterAll(async () => {
  await upstream.close()
  await rm(folder, { recursive: true })
})

/** What arrived, as a server of today reads it. */
async function received() {
  const [request] = upstream.requests
  const type = request?.headers['content-type'] ?? ''
  return new Response(request && new Uint8Array(request.body), { headers: { 'content-type': type } }).formData()
}

async function* pieces(...texts: string[]) {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text))
}

describe('an upload', () => {
  test('sends a file by its path, with fields before it and its length', async () => {
    const path = join(folder, 'report.txt')
    await writeFile(path, 'Grüße')
    const { conn } = open({ host: upstream.url, contentType: 'application/json' })
    await conn.upload(cid, path, { fieldName: 'report', mimeType: 'text/plain', fields: { a: 1, b: ['x', 'y'] } })
    const form = await received()
    const file = form.get('report') as File
    expect([file.name, file.type, await file.text()]).toEqual(['report.txt', 'text/plain', 'Grüße'])
    expect([form.get('a'), form.getAll('b')]).toEqual(['1', ['x', 'y']])
    expect(Number(upstream.requests[0]?.headers['content-length'])).toBe(upstream.requests[0]?.body.length)
  })

  test('sends bytes, a File and a stream; of a stream nobody knows the length', async () => {
    const { conn } = open({ host: upstream.url })
    const sources = [Buffer.from('abc'), new File(['abc'], 'a.pdf', { type: 'application/pdf' }), pieces('a', 'bc')]
    const seen: unknown[] = []
    for (const source of [...sources, new Blob(['abc']).stream()]) {
      await conn.upload(cid, source)
      const file = (await received()).get('data') as File
      seen.push([file.name, file.type, await file.text(), upstream.requests[0]?.headers['transfer-encoding']])
      upstream.reset()
    }
    expect(seen).toEqual([
      ['data', 'application/octet-stream', 'abc', undefined],
      ['a.pdf', 'application/pdf', 'abc', undefined],
      ['data', 'application/octet-stream', 'abc', 'chunked'],
      ['data', 'application/octet-stream', 'abc', 'chunked'],
    ])
  })

  test('lets no name leave its line', async () => {
    const { conn } = open({ host: upstream.url })
    const evil = 'a"\r\nX-Evil: 1\r\n\r\n'
    await conn.upload(cid, Buffer.from('abc'), { fileName: evil, fieldName: evil, fields: { [evil]: 'x' } })
    expect(upstream.requests[0]?.body.toString()).not.toContain('\r\nX-Evil')
    expect([...(await received()).keys()]).toHaveLength(2)
    const refused = await failureOf(conn.upload(cid, Buffer.from('abc'), { mimeType: 'a/b\r\nX: y' }))
    expect(refused).toMatchObject({ code: 'ZN403' })
  })

  test('of what is no file sends nothing', async () => {
    const { conn } = open({ host: upstream.url })
    const wrong = [join(folder, 'nowhere'), folder, 5 as never, null as never]
    for (const file of wrong) expect(await failureOf(conn.upload(cid, file))).toBeInstanceOf(BadCall)
    const headers = { 'content-type': 'text/plain' }
    expect(await failureOf(conn.upload(cid, Buffer.from('a'), { headers }))).toMatchObject({ code: 'ZN404' })
    expect(await failureOf(conn.upload(cid, Buffer.from('a'), { file: 1 } as never))).toMatchObject({ code: 'ZN403' })
    expect(upstream.requests).toEqual([])
  })

  test('fails if the file becomes shorter meanwhile', async () => {
    const path = join(folder, 'shrinks')
    await (await openFile(path, 'w')).close()
    await truncate(path, 64 * 1024 * 1024)
    const server = createServer((request) =>
      request.once('data', () => void truncate(path, 1).then(() => request.resume())),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { conn } = open({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    expect(await failureOf(conn.upload(cid, path))).toMatchObject({ code: 'ZN402' })
    server.closeAllConnections()
    server.close()
  })

  test('of 400 MB takes little memory, and longer than its timeout, which bounds silences', async () => {
    const path = join(folder, 'large')
    await (await openFile(path, 'w')).close()
    await truncate(path, 400 * 1024 * 1024)
    let size = 0
    let paused = false
    const server = createServer((request, response) => {
      request.on('data', (piece: Buffer) => {
        size += piece.length
        if (paused) return
        paused = true
        request.pause()
        setTimeout(() => request.resume(), 700)
      })
      request.on('end', () => setTimeout(() => response.end('{}'), 700))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { conn } = open({ host: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 20)
    const { ok } = await conn.upload(cid, path, { timeout: 1.2 })
    clearInterval(watch)
    expect(ok).toBe(true)
    expect(size).toBeGreaterThan(400 * 1024 * 1024)
    expect(most).toBeLessThan(150 * 1024 * 1024)
    server.close()
  })

  test('ends, and lets its stream go, when either side is silent or its caller leaves', async () => {
    const { conn } = open({ host: upstream.url })
    for (const [options, kind] of [
      [{ timeout: 0.3 }, TimedOut],
      [{ signal: AbortSignal.timeout(300) }, CallAborted],
    ] as const) {
      let isCancelled = false
      const silent = new ReadableStream<Uint8Array>({ cancel: () => void (isCancelled = true) })
      expect(await failureOf(conn.upload(cid, silent, options))).toBeInstanceOf(kind)
      await expect.poll(() => isCancelled).toBe(true)
    }
  })
})
