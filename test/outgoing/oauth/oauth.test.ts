import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BadReply, CallAborted, ConnectionFailed, TimedOut } from '../../../src/outgoing/errors.js'
import type { OAuthDefinition } from '../../../src/project/schema.js'
import { type ReceivedRequest, type Upstream, startUpstream } from '../../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from '../helpers/open-outgoing.js'

let api: Upstream
let server: Upstream
/** Tokens that the API accepts. */
let valid: Set<string>

beforeAll(async () => {
  api = await startUpstream()
  server = await startUpstream()
})

beforeEach(() => {
  api.reset()
  server.reset()
  valid = new Set()
  let count = 0
  server.reply(() => {
    const token = `token-number-${(count += 1)}`
    valid.add(`Bearer ${token}`)
    return { body: JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }) }
  })
  api.reply(({ headers }) => (valid.has(headers.authorization ?? '') ? { body: '{"ok":true}' } : { status: 401 }))
})

afterEach(closeAll)
afterAll(() => Promise.all([api.close(), server.close()]))

function define(definition: Partial<OAuthDefinition> = {}): OAuthDefinition {
  return {
    name: 'Orders OAuth',
    type: 'bearer_token',
    isActive: true,
    username: 'client 1',
    password: 's%c:rét+/?',
    authServerUrl: `${server.url}/oauth/token?tenant=a%20b`,
    scopes: '',
    tokenEndpointAuthMethod: 'client_secret_post',
    clientIdField: 'client_id',
    clientSecretField: 'client_secret',
    grantType: 'client_credentials',
    dataFormat: 'form',
    extraFields: {},
    timeout: 10,
    validateTls: true,
    tlsCa: undefined,
    ...definition,
  }
}

const connect = (definition: Partial<OAuthDefinition> = {}, connection = {}) =>
  open({ host: api.url, ...connection }, { security: define(definition), secrets: ['s%c:rét+/?'] })

const fieldsOf = (request: ReceivedRequest | undefined) =>
  Object.fromEntries(new URLSearchParams(request?.body.toString()))

describe('The request for a token', () => {
  test('carries client id and secret in the body by default', async () => {
    await connect().conn.get(cid)
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'POST', url: '/oauth/token?tenant=a%20b' })
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'cache-control': 'no-cache',
    })
    expect(request?.headers.authorization).toBeUndefined()
    expect(fieldsOf(request)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client 1',
      client_secret: 's%c:rét+/?',
    })
  })

  test('carries them form-encoded in a Basic header where that is asked for', async () => {
    await connect({ tokenEndpointAuthMethod: 'client_secret_basic' }).conn.get(cid)
    const [request] = server.requests
    const encoded = request?.headers.authorization?.replace('Basic ', '') ?? ''
    expect(Buffer.from(encoded, 'base64').toString()).toBe('client+1:s%25c%3Ar%C3%A9t%2B%2F%3F')
    expect(fieldsOf(request)).toEqual({ grant_type: 'client_credentials' })
  })

  test('has the names, the scopes and the further fields of the definition, which win', async () => {
    const definition = {
      clientIdField: 'id',
      clientSecretField: 'key',
      grantType: 'custom',
      scopes: 'read write',
      extraFields: { audience: 'https://api.test', grant_type: 'other' },
    }
    await connect(definition).conn.get(cid)
    expect(fieldsOf(server.requests[0])).toEqual({
      grant_type: 'other',
      id: 'client 1',
      key: 's%c:rét+/?',
      scope: 'read write',
      audience: 'https://api.test',
    })
  })

  test('is JSON where that is asked for', async () => {
    await connect({ dataFormat: 'json', scopes: 'read' }).conn.get(cid)
    const [request] = server.requests
    expect(request?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(request?.body.toString() ?? '')).toMatchObject({ client_id: 'client 1', scope: 'read' })
  })
})

describe('A token', () => {
  test('goes with each call, and nothing overrides it', async () => {
    const { conn } = connect({}, { headers: { Authorization: 'of the connection' } })
    const response = await conn.get(cid, { headers: { authorization: 'of the call' } })
    expect(response.data).toEqual({ ok: true })
    expect(api.requests[0]?.headers.authorization).toBe('Bearer token-number-1')
  })

  test('is fetched once for however many calls wait, and kept', async () => {
    const { conn } = connect()
    await Promise.all(Array.from({ length: 50 }, () => conn.get(cid)))
    await conn.get(cid)
    expect(server.requests).toHaveLength(1)
    expect(api.requests).toHaveLength(51)
  })

  test('is fetched anew when it is about to expire', async () => {
    server.reply(() => {
      valid.add('Bearer brief-token')
      return { body: JSON.stringify({ access_token: 'brief-token', expires_in: '0' }) }
    })
    const { conn } = connect()
    await conn.get(cid)
    await conn.get(cid)
    expect(server.requests).toHaveLength(2)
  })

  test('without a stated life is kept', async () => {
    server.reply(() => {
      valid.add('Bearer endless-token')
      return { body: JSON.stringify({ access_token: 'endless-token', token_type: 'bearer' }) }
    })
    const { conn } = connect()
    await conn.get(cid)
    await conn.get(cid)
    expect(server.requests).toHaveLength(1)
  })

  test('that the API refuses is fetched once more, and the call repeated, a POST too', async () => {
    const { conn } = connect()
    await conn.get(cid)
    valid.clear()
    const response = await conn.post(cid, { id: 1 })
    expect(response).toMatchObject({ statusCode: 200, attempts: 2 })
    expect(server.requests).toHaveLength(2)
    expect(api.requests.map(({ body }) => body.toString())).toEqual(['', '{"id":1}', '{"id":1}'])
  })

  test('that is refused again: the second 401 is the response', async () => {
    api.reply({ status: 401, body: '{"why":"no"}' })
    const response = await connect().conn.get(cid)
    expect(response).toMatchObject({ statusCode: 401, attempts: 2, data: { why: 'no' } })
    expect(server.requests).toHaveLength(2)
  })

  test('that many calls find refused is fetched once for all of them', async () => {
    const { conn } = connect()
    await conn.get(cid)
    valid.clear()
    const responses = await Promise.all(Array.from({ length: 20 }, () => conn.get(cid)))
    expect(responses.every(({ statusCode }) => statusCode === 200)).toBe(true)
    expect(server.requests).toHaveLength(2)
  })

  test('of other scopes is another one', async () => {
    const { conn } = connect({ scopes: 'read' })
    await conn.get(cid)
    await conn.get(cid, { scopes: ['read', 'write'] })
    await conn.get(cid, { scopes: 'read  write' })
    expect(server.requests.map((request) => fieldsOf(request).scope)).toEqual(['read', 'read write'])
  })

  test('is in no event, log line or error that tells of it', async () => {
    const { conn, events, log } = connect()
    await conn.get(cid, { params: { echo: 'token-number-1' } })
    await conn.get(cid, { params: { echo: 'token-number-1' } })
    const error = await failureOf(conn.get(cid, { params: { echo: 'token-number-1' }, schema: {} as never }))
    expect(JSON.stringify([events, log, error, error.message])).not.toContain('token-number-1')
  })
})

describe('Where no token can be had, the call fails', () => {
  test.each([
    [400, '{"error":"invalid_scope"}', 'its status is 400, invalid_scope', 'check scopes and extra_fields'],
    [
      401,
      '{"error":"invalid_client","error_description":"unknown\\nclient"}',
      'its status is 401, invalid_client (unknown client)',
      'check username and password',
    ],
    [403, 'no', 'its status is 403', 'check scopes and extra_fields'],
    [200, 'no', 'its reply is not a JSON object', ''],
    [200, '{"token":"x"}', 'its reply holds no access_token', ''],
    [200, '{"access_token":"x","token_type":"mac"}', 'its tokens are of a type other than Bearer', ''],
    [200, '{"access_token":"a\\nb"}', 'its access_token is one that no header can carry', ''],
  ])('with %i %s: BadReply', async (status, body, message, hint) => {
    server.reply({ status, body })
    const error = await failureOf<BadReply>(connect().conn.get(cid))
    expect(error).toBeInstanceOf(BadReply)
    expect(error).toMatchObject({ code: 'ZN303', status: 502, phase: 'token', connection: 'Orders API', cid })
    expect(error.message).toBe(
      `No token for "Orders API": POST ${server.url}/oauth/token?tenant=a%20b failed: ${message}`,
    )
    expect(error.hint).toContain(hint)
    expect(api.requests).toEqual([])
  })

  test('a description that repeats the secret does not show it', async () => {
    server.reply({
      status: 401,
      body: JSON.stringify({ error: 'invalid_client', error_description: 'not s%c:rét+/?' }),
    })
    const error = await failureOf(connect().conn.get(cid))
    expect(error.message).toContain('(not [redacted])')
  })

  test('a server that cannot answer now is asked again', async () => {
    let times = 0
    server.reply(() => {
      times += 1
      if (times < 3) return { status: 503 }
      valid.add('Bearer third-time')
      return { body: '{"access_token":"third-time"}' }
    })
    expect(await connect().conn.get(cid)).toMatchObject({ statusCode: 200 })
  })

  test('a server that is not there: ConnectionFailed, which names the field of its address', async () => {
    const gone = await startUpstream()
    await gone.close()
    const error = await failureOf<ConnectionFailed>(connect({ authServerUrl: `${gone.url}/token` }).conn.get(cid))
    expect(error).toBeInstanceOf(ConnectionFailed)
    expect(error).toMatchObject({ code: 'ZN102', phase: 'token', attempt: 0 })
    expect(error.message).toContain(`No token for "Orders API": POST ${gone.url}/token failed`)
    expect(error.hint).toBe('is the server that auth_server_url of "Orders OAuth" names running?')
  })

  test('a server that does not answer: TimedOut, which names what to raise', async () => {
    server.reply(() => new Promise(() => undefined))
    const error = await failureOf<TimedOut>(connect({ timeout: 0.05 }).conn.get(cid))
    expect(error).toBeInstanceOf(TimedOut)
    expect(error).toMatchObject({ code: 'ZN201', phase: 'token', attempt: 0 })
    expect(error.hint).toBe('raise timeout of "Orders OAuth", or see why its server is slow')
  })

  test('a failure is not remembered, and fails only those who waited', async () => {
    server.reply({ status: 400, body: '{"error":"invalid_request"}' })
    const { conn } = connect()
    const failed = await Promise.allSettled([conn.get(cid), conn.get(cid)])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(server.requests).toHaveLength(1)
    server.reply(() => {
      valid.add('Bearer later-token')
      return { body: '{"access_token":"later-token"}' }
    })
    expect(await conn.get(cid)).toMatchObject({ statusCode: 200 })
  })

  test('whoever waits for a token keeps to a deadline and a signal of their own', async () => {
    server.reply(() => undefined)
    const { conn, events } = connect()
    const controller = new AbortController()
    const aborted = conn.get(cid, { signal: controller.signal })
    const late = await failureOf<TimedOut>(conn.get(cid, { timeout: 0.1 }))
    expect(late).toBeInstanceOf(TimedOut)
    expect(late.message).toContain('no token came within 0.1 s')
    controller.abort()
    expect(await failureOf(aborted)).toBeInstanceOf(CallAborted)
    expect(events).toHaveLength(2)
    server.dropConnections()
  })
})

test('"scopes" without a definition that fetches tokens is a mistake', async () => {
  const { conn } = open({ host: api.url })
  expect(await failureOf(conn.get(cid, { scopes: 'read' }))).toMatchObject({ code: 'ZN403' })
})
