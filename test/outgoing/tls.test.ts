import { readFileSync } from 'node:fs'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { ConnectionFailed, NotConfigured, type OutgoingError } from '../../src/outgoing/errors.js'
import { startRawUpstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const pair = (name: string) => ({
  key: readFileSync(fixture(`${name}.key.pem`)),
  cert: readFileSync(fixture(`${name}.cert.pem`)),
})
const startTls = (name: string) => startUpstream(undefined, { tls: pair(name) })

afterAll(closeAll)

describe('TLS', () => {
  test('is verified: a certificate that nobody vouches for fails, and the hint names tls_ca and validate_tls', async () => {
    const upstream = await startTls('localhost')
    const { conn, events } = open({ host: upstream.url })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toBeInstanceOf(ConnectionFailed)
    expect(error).toMatchObject({ code: 'ZN103', phase: 'tls', status: 502 })
    expect(error.hint).toMatch(/tls_ca.*validate_tls/)
    expect(events[0]?.phases.tls).toBeGreaterThan(0)
    expect(upstream.requests).toEqual([])
    await upstream.close()
  })

  test('trusts what tls_ca names', async () => {
    const upstream = await startTls('localhost')
    const { conn, events } = open({ host: upstream.url, tlsCa: fixture('localhost.cert.pem') })
    expect((await conn.get(cid)).statusCode).toBe(200)
    await conn.get(cid)
    expect(events[0]?.phases).toMatchObject({ dns: expect.any(Number) as number, tls: expect.any(Number) as number })
    expect(Object.keys(events[1]?.phases ?? {})).toEqual(['queued', 'send', 'wait', 'receive'])
    await upstream.close()
  })

  test('trusts anyone with validate_tls: false, and only there', async () => {
    const upstream = await startTls('localhost')
    const trusting = open({ host: upstream.url, validateTls: false })
    const strict = open({ host: upstream.url })
    expect((await trusting.conn.get(cid)).statusCode).toBe(200)
    expect(await failureOf(strict.conn.get(cid))).toMatchObject({ code: 'ZN103' })
    expect((await trusting.conn.get(cid)).statusCode).toBe(200)
    await upstream.close()
  })

  test('refuses the certificate of another host, time after time', async () => {
    const upstream = await startTls('elsewhere')
    const { conn } = open({ host: upstream.url, tlsCa: fixture('elsewhere.cert.pem'), poolSize: 1 })
    for (let time = 0; time < 3; time++) {
      const error = await failureOf<OutgoingError>(conn.get(cid))
      expect(error).toMatchObject({ code: 'ZN103', phase: 'tls' })
      expect(error.hint).toContain('not for "localhost"')
    }
    await upstream.close()
  })

  test('refuses an expired certificate', async () => {
    const upstream = await startTls('expired')
    const { conn } = open({ host: upstream.url, tlsCa: fixture('expired.cert.pem') })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect([error.code, error.hint]).toEqual(['ZN103', expect.stringContaining('has expired')])
    await upstream.close()
  })

  test('with a port that speaks plain HTTP says so', async () => {
    const upstream = await startUpstream()
    const { conn } = open({ host: `https://127.0.0.1:${upstream.port}` })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toMatchObject({ code: 'ZN103', phase: 'tls' })
    expect(error.hint).toContain('http://')
    await upstream.close()
  })

  test.each<[string, SecureContextOptions & TlsOptions, RegExp]>([
    // Before TLS 1.3, a certificate that is missing is no more than a handshake that fails.
    ['wants a client certificate', { requestCert: true, maxVersion: 'TLSv1.2' }, /tls_client_cert.*type mtls/],
    [
      'only speaks an old version',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      /still safe.*brought up to date/,
    ],
  ])('with an API that %s says so', async (_, tls, hint) => {
    const upstream = await startUpstream(undefined, { tls: { ...pair('localhost'), ...tls } })
    const { conn } = open({ host: upstream.url, tlsCa: fixture('localhost.cert.pem') })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toMatchObject({ code: 'ZN103' })
    expect(error.hint).toMatch(hint)
    expect(error.hint).not.toContain('http://')
    expect(upstream.requests).toEqual([])
    await upstream.close()
  })

  test('with a port that closes at once fails in tls', async () => {
    const raw = await startRawUpstream(() => undefined)
    const { conn } = open({ host: `https://127.0.0.1:${raw.port}` })
    const failure = failureOf(conn.get(cid))
    await expect.poll(() => raw.connections).toBe(1)
    raw.dropConnections()
    expect(await failure).toMatchObject({ code: 'ZN103', phase: 'tls' })
    await raw.close()
  })

  test('that is never agreed on ends in time', async () => {
    const raw = await startRawUpstream(() => undefined)
    const { conn } = open({ host: `https://127.0.0.1:${raw.port}`, timeout: 0.4 })
    const closed = new Promise<void>((resolve) => raw.onSocketClosed(resolve))
    expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN201', phase: 'tls' })
    await closed
    await raw.close()
  })

  test('cannot be set up with a tls_ca that is not there', async () => {
    const { conn } = open({ host: 'https://localhost:1', tlsCa: '/no/such/ca.pem' })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toBeInstanceOf(NotConfigured)
    expect(error).toMatchObject({ code: 'ZN504' })
    expect(error.message).toContain('/no/such/ca.pem')
  })
})
