import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ConnectionFailed, type OutgoingError } from '../../../src/outgoing/errors.js'
import type { OutgoingDefinition, SecurityDefinition } from '../../../src/project/schema.js'
import { type Certificates, makeCertificates } from '../../helpers/certificates.js'
import { type Nginx, startNginx } from '../../helpers/nginx.js'
import { cid, closeAll, failureOf, open } from '../helpers/open-outgoing.js'

/** What nginx lets in, and whom it is trusted by. */

const password = 'pä:ss wörd/+=?&'
const key = 'key of the shop ~%&"'
let certificates: Certificates
let nginx: Nginx
const file = (name: string) => certificates.path(name)

beforeAll(async () => {
  certificates = makeCertificates()
  certificates.issue('authority')
  certificates.issue('other authority')
  certificates.issue('server', { by: 'authority' })
  certificates.issue('elsewhere', { by: 'authority', host: 'api.example.com' })
  certificates.issue('outdated', { by: 'authority', days: -1 })
  certificates.issue('shop', { by: 'authority' })
  certificates.issue('outdated shop', { by: 'authority', days: -1 })
  certificates.issue('stranger', { by: 'other authority' })
  const pairs = ['server', 'elsewhere', 'outdated', 'authority'].flatMap((name) => [`${name}.pem`, `${name}.key`])
  const hash = execFileSync('openssl', ['passwd', '-apr1', password], { encoding: 'utf8' })
  nginx = await startNginx({
    ports: ['plain', 'other', 'secure', 'wrongHost', 'expired', 'mutual'],
    files: { users: `shop:${hash}`, ...Object.fromEntries(pairs.map((name) => [name, certificates.read(name)])) },
    http: ({ plain, other, secure, wrongHost, expired, mutual }) => `
  ssl_protocols TLSv1.2 TLSv1.3;
  map $http_x_api_key $holder { default ''; '${key}' shop; }
  server {
    listen 127.0.0.1:${plain};
    location = /basic { auth_basic orders; auth_basic_user_file users; try_files /nothing @user; }
    location @user { return 200 '{"user":"$remote_user"}'; }
    location = /key { if ($holder = '') { return 403 '{"error":"no key"}'; } return 200 '{"holder":"$holder"}'; }
    location = /redirect/301 { return 301 http://127.0.0.1:${other}/stolen; }
    location = /redirect/302 { return 302 http://127.0.0.1:${other}/stolen; }
    location = /redirect/303 { return 303 http://127.0.0.1:${other}/stolen; }
    location = /redirect/307 { return 307 http://127.0.0.1:${other}/stolen; }
    location = /redirect/308 { return 308 http://127.0.0.1:${other}/stolen; }
  }
  server { listen 127.0.0.1:${other}; location / { return 200 '{"stolen":"$http_authorization"}'; } }
  server {
    listen 127.0.0.1:${secure} ssl;
    ssl_certificate server.pem;
    ssl_certificate_key server.key;
    location / { return 200 '{"tls":"$ssl_protocol","reused":"$ssl_session_reused"}'; }
  }
  server {
    listen 127.0.0.1:${wrongHost} ssl;
    ssl_certificate elsewhere.pem;
    ssl_certificate_key elsewhere.key;
    location / { return 200 '{}'; }
  }
  server {
    listen 127.0.0.1:${expired} ssl;
    ssl_certificate outdated.pem;
    ssl_certificate_key outdated.key;
    location / { return 200 '{}'; }
  }
  server {
    listen 127.0.0.1:${mutual} ssl;
    ssl_certificate server.pem;
    ssl_certificate_key server.key;
    ssl_client_certificate authority.pem;
    ssl_verify_client on;
    location / { return 200 '{"client":"$ssl_client_s_dn"}'; }
  }`,
  })
})
afterEach(closeAll)
afterAll(async () => {
  await nginx.close()
  certificates.remove()
})

const http = (port: string) => `http://127.0.0.1:${nginx.ports[port] ?? 0}`
const https = (port: string) => `https://localhost:${nginx.ports[port] ?? 0}`

describe('Basic authentication', () => {
  const basic = (definition: { username?: string; password?: string }): SecurityDefinition => ({
    name: 'Shop',
    type: 'basic_auth',
    isActive: true,
    username: 'shop',
    password,
    realm: '',
    ...definition,
  })
  const connect = (security?: SecurityDefinition) =>
    open({ host: http('plain'), urlPath: '/basic' }, security ? { security } : {}).conn

  test('lets a password in that is not ASCII, and holds a colon', async () => {
    expect((await connect(basic({})).get(cid)).data).toEqual({ user: 'shop' })
  })

  test.each<[string, SecurityDefinition | undefined]>([
    ['a wrong password', basic({ password: 'wrong password' })],
    ['an unknown user', basic({ username: 'nobody' })],
    ['no credentials', undefined],
  ])('answers 401 to %s, once, and that is the response', async (_, security) => {
    const before = (await nginx.requests()).length
    const response = await connect(security).get(cid)
    expect(response).toMatchObject({ statusCode: 401, ok: false, attempts: 1 })
    expect(response.headers['www-authenticate']).toBe('Basic realm="orders"')
    expect(response.parseError).toBeTruthy()
    // nginx writes its log after it has answered.
    await expect.poll(async () => (await nginx.requests()).slice(before)).toEqual(['GET /basic 401'])
  })
})

describe('An API key', () => {
  const apiKey = (secret: string): SecurityDefinition => ({
    name: 'Key',
    type: 'apikey',
    isActive: true,
    header: 'X-API-Key',
    password: secret,
  })
  const connect = (secret?: string) =>
    open({ host: http('plain'), urlPath: '/key' }, secret === undefined ? {} : { security: apiKey(secret) }).conn

  test('is let in as it is', async () => {
    expect((await connect(key).get(cid)).data).toEqual({ holder: 'shop' })
  })

  test.each([['that is wrong', 'another key'], ['that is missing']])('%s is a 403', async (_, secret?: string) => {
    expect(await connect(secret).get(cid)).toMatchObject({ statusCode: 403, data: { error: 'no key' } })
  })
})

describe('A redirect to another host', () => {
  const security: SecurityDefinition = {
    name: 'Token',
    type: 'bearer_token',
    isActive: true,
    staticToken: 'token of the shop',
    staticHeader: 'Authorization',
    staticPrefix: 'Bearer',
  }

  test.each([301, 302, 303, 307, 308])('is the response: no credential travels with a %i', async (code) => {
    const { conn } = open({ host: http('plain'), urlPath: `/redirect/${code}` }, { security })
    for (const method of ['GET', 'POST', 'PUT']) {
      const response = await conn.request(cid, { method })
      expect(response).toMatchObject({ statusCode: code, attempts: 1 })
      expect(response.headers.location).toBe(`${http('other')}/stolen`)
    }
    expect((await nginx.requests()).join()).not.toContain('/stolen')
  })
})

describe('TLS with an authority of our own', () => {
  const connect = (port: string, definition: Partial<OutgoingDefinition> = {}) =>
    open({ host: https(port), tlsCa: file('authority.pem'), ...definition }).conn

  test('is agreed on, and its socket kept', async () => {
    const { conn, events } = open({ host: https('secure'), tlsCa: file('authority.pem') })
    expect((await conn.get(cid)).data).toMatchObject({ tls: 'TLSv1.3' })
    expect((await conn.get(cid)).data).toMatchObject({ tls: 'TLSv1.3' })
    expect(events.map(({ phases }) => 'tls' in phases)).toEqual([true, false])
  })

  test.each<[string, string, Partial<OutgoingDefinition>, RegExp]>([
    ['nobody vouches for it', 'secure', { tlsCa: undefined }, /tls_ca/],
    ['another authority is trusted', 'secure', { tlsCa: 'other authority.pem' }, /tls_ca/],
    ['it is for another host', 'wrongHost', {}, /not for "localhost": check host of "Orders API"/],
    ['it has expired', 'expired', {}, /has expired: have it renewed/],
  ])('fails where %s, and nothing is sent', async (_, port, definition, hint) => {
    const posts = async () => (await nginx.requests()).filter((line) => line.startsWith('POST'))
    const before = await posts()
    const tlsCa = definition.tlsCa === undefined ? definition : { tlsCa: file(definition.tlsCa) }
    const error = await failureOf<OutgoingError>(connect(port, tlsCa).post(cid, { order: 1 }))
    expect(error).toBeInstanceOf(ConnectionFailed)
    expect(error).toMatchObject({ code: 'ZN103', phase: 'tls', status: 502, attempt: 1 })
    expect(error.hint).toMatch(hint)
    expect(await posts()).toEqual(before)
  })

  test.each(['wrongHost', 'expired'])('is not asked for by validate_tls: false (%s)', async (port) => {
    expect((await connect(port, { validateTls: false, tlsCa: undefined }).get(cid)).statusCode).toBe(200)
  })
})

describe('Mutual TLS', () => {
  const connect = (name?: string, trusted = 'authority') =>
    open({
      host: https('mutual'),
      tlsCa: file(`${trusted}.pem`),
      ...(name !== undefined && { tlsClientCert: file(`${name}.pem`), tlsClientKey: file(`${name}.key`) }),
    }).conn

  test('tells nginx who calls', async () => {
    expect((await connect('shop').get(cid)).data).toEqual({ client: 'CN=shop' })
  })

  // nginx agrees on TLS all the same, and refuses the request.
  test.each<[string, string | undefined, RegExp]>([
    ['is missing', undefined, /No required SSL certificate was sent/],
    ['is of another authority', 'stranger', /The SSL certificate error/],
    ['has expired', 'outdated shop', /The SSL certificate error/],
  ])('with a certificate that %s is a 400 that says so', async (_, name, text) => {
    const response = await connect(name).get(cid)
    expect(response.statusCode).toBe(400)
    expect(response.text).toMatch(text)
  })

  test('checks nginx no less: a certificate is shown to no host that is not trusted', async () => {
    expect(await failureOf(connect('shop', 'other authority').get(cid))).toMatchObject({ code: 'ZN103', phase: 'tls' })
  })
})
