import { type ChildProcess, spawn } from 'node:child_process'
import { type Server, createServer } from 'node:https'
import { type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ConnectionFailed, NotConfigured, type OutgoingError } from '../../src/outgoing/errors.js'
import type { MtlsDefinition, OutgoingDefinition } from '../../src/project/schema.js'
import { type Certificates, makeCertificates } from '../helpers/certificates.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let certificates: Certificates
let server: Server
let url: string
/** Who the client of a socket is. */
const subjects = new WeakMap<object, unknown>()
const file = (name: string) => certificates.path(name)

beforeAll(async () => {
  certificates = makeCertificates()
  const { issue, openssl } = certificates
  issue('authority')
  issue('server', { by: 'authority' })
  issue('shop', { by: 'authority' })
  issue('other', { by: 'authority' })
  issue('stranger')
  openssl('pkcs8', '-topk8', '-in', 'shop.key', '-out', 'shop.encrypted.key', '-passout', 'pass:open sesame')
  certificates.write('shop.both.pem', certificates.read('shop.pem') + certificates.read('shop.key'))
  certificates.write('nonsense.pem', 'not a certificate')
  server = createServer(
    {
      key: certificates.read('server.key'),
      cert: certificates.read('server.pem'),
      ca: certificates.read('authority.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      response.end(JSON.stringify({ subject: subjects.get(request.socket) }))
    },
  )
  server.on('secureConnection', (socket) => subjects.set(socket, socket.getPeerCertificate().subject.CN))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://localhost:${(server.address() as AddressInfo).port}`
})

afterEach(closeAll)
afterAll(() => {
  server.close()
  server.closeAllConnections()
  certificates.remove()
})

const define = (definition: Partial<MtlsDefinition> = {}): MtlsDefinition => ({
  name: 'Shop certificate',
  type: 'mtls',
  isActive: true,
  certPath: file('shop.pem'),
  keyPath: file('shop.key'),
  keyPassphrase: undefined,
  caCertsPath: file('authority.pem'),
  ...definition,
})

const withSecurity = (definition: Partial<MtlsDefinition> = {}) => open({ host: url }, { security: define(definition) })
const withFields = (definition: Partial<OutgoingDefinition>) =>
  open({ host: url, tlsCa: file('authority.pem'), ...definition })

describe('The client certificate is shown', () => {
  test('that of a security definition', async () => {
    expect((await withSecurity().conn.get(cid)).data).toEqual({ subject: 'shop' })
  })

  test('that of the connection', async () => {
    const { conn } = withFields({ tlsClientCert: file('shop.pem'), tlsClientKey: file('shop.key') })
    expect((await conn.get(cid)).data).toEqual({ subject: 'shop' })
  })

  test('from one file that holds both', async () => {
    expect((await withSecurity({ certPath: file('shop.both.pem'), keyPath: undefined }).conn.get(cid)).ok).toBe(true)
    expect((await withFields({ tlsClientCert: file('shop.both.pem') }).conn.get(cid)).ok).toBe(true)
  })

  test('with an encrypted key and its passphrase', async () => {
    const encrypted = { keyPath: file('shop.encrypted.key'), keyPassphrase: 'open sesame' }
    expect((await withSecurity(encrypted).conn.get(cid)).ok).toBe(true)
  })

  test('one a connection, and one a definition that a call asks for', async () => {
    const { conn } = withFields({ tlsClientCert: file('other.pem'), tlsClientKey: file('other.key') })
    const both = open(
      {
        host: url,
        tlsCa: file('authority.pem'),
        tlsClientCert: file('other.pem'),
        tlsClientKey: file('other.key'),
        security: undefined,
      },
      { security: define() },
    )
    expect((await conn.get(cid)).data).toEqual({ subject: 'other' })
    expect((await both.conn.get(cid)).data).toEqual({ subject: 'other' })
    expect((await both.conn.get(cid, { security: 'Shop certificate' })).data).toEqual({ subject: 'shop' })
    expect((await both.conn.get(cid)).data).toEqual({ subject: 'other' })
  })
})

describe('The API refuses, and the hint says why', () => {
  /** Node's own server only hangs up; this one says what it does not like. */
  let strict: ChildProcess
  let strictUrl: string

  beforeAll(async () => {
    const args = ['-key', 'server.key', '-cert', 'server.pem', '-CAfile', 'authority.pem', '-Verify', '2']
    strict = spawn('openssl', ['s_server', '-accept', '0', '-www', '-verify_return_error', ...args], {
      cwd: certificates.dir,
    })
    strictUrl = await new Promise((resolve, reject) => {
      strict.once('exit', reject)
      strict.stdout?.on('data', (text: Buffer) => {
        const [, port] = /ACCEPT \S+:(\d+)/.exec(text.toString()) ?? []
        if (port !== undefined) resolve(`https://localhost:${port}`)
      })
    })
  })
  afterAll(() => strict.kill('SIGKILL'))

  test('where no certificate is shown', async () => {
    const error = await failureOf<OutgoingError>(withFields({ host: strictUrl }).conn.get(cid))
    expect(error).toBeInstanceOf(ConnectionFailed)
    expect(error).toMatchObject({ code: 'ZN103', status: 502 })
    expect(error.hint).toContain('tls_client_cert')
  })

  test('where its authority is unknown', async () => {
    const security = define({ certPath: file('stranger.pem'), keyPath: file('stranger.key') })
    const error = await failureOf<OutgoingError>(open({ host: strictUrl }, { security }).conn.get(cid))
    expect(error).toMatchObject({ code: 'ZN103' })
    expect(error.hint).toMatch(/client certificate/)
  })
})

describe('A certificate that cannot be used makes each call refuse, and the message names the field', () => {
  test.each<[string, Partial<MtlsDefinition>, string]>([
    ['a missing file', { certPath: '/nowhere.pem' }, 'cert_path of "Shop certificate" "/nowhere.pem" cannot be read'],
    ['no certificate', { certPath: 'nonsense.pem' }, 'holds no certificate'],
    ['no certificate of an authority', { caCertsPath: 'nonsense.pem' }, 'ca_certs_path of "Shop certificate"'],
    ['no key', { keyPath: 'nonsense.pem' }, 'key_path of "Shop certificate" holds no usable key'],
    ['the key of another', { keyPath: 'other.key' }, 'key_path of "Shop certificate" does not belong to cert_path of'],
    ['no passphrase', { keyPath: 'shop.encrypted.key' }, 'key_path of "Shop certificate" is encrypted'],
    ['a wrong passphrase', { keyPath: 'shop.encrypted.key', keyPassphrase: 'canary' }, 'cannot be decrypted'],
  ])('%s', async (_, definition, message) => {
    const absolute = Object.fromEntries(
      Object.entries(definition).map(([key, value]) => [
        key,
        typeof value === 'string' && key.endsWith('Path') && !value.startsWith('/') ? file(value) : value,
      ]),
    )
    const error = await failureOf<OutgoingError>(withSecurity(absolute).conn.get(cid))
    expect(error).toBeInstanceOf(NotConfigured)
    expect(error.code).toBe('ZN504')
    expect(error.message).toContain(message)
    expect(error.hint).toBeTruthy()
    expect(JSON.stringify([error.message, error.hint])).not.toContain('canary')
  })

  test('a key without a certificate', async () => {
    const error = await failureOf(withFields({ tlsClientKey: file('shop.key') }).conn.get(cid))
    expect(error.message).toContain('its tls_client_key has no certificate')
  })
})
