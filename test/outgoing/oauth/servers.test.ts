import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OAuth2Server } from 'oauth2-mock-server'
import Provider from 'oidc-provider'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { BadReply } from '../../../src/outgoing/errors.js'
import type { OAuthDefinition } from '../../../src/project/schema.js'
import { type Upstream, startUpstream } from '../../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from '../helpers/open-outgoing.js'

/** Token endpoints that others have written. */

const define = (definition: Partial<OAuthDefinition> & { authServerUrl: string }): OAuthDefinition => ({
  name: 'OAuth',
  type: 'bearer_token',
  isActive: true,
  username: 'shop',
  password: 'secret',
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
})

afterEach(closeAll)

describe('oidc-provider', () => {
  /** Every character that a secret may hold (RFC 6749, A.2). */
  const oddSecret = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => index + 32))
  const secrets: Readonly<Record<string, string>> = { 'basic client': oddSecret, 'post:client': oddSecret }
  let server: ReturnType<typeof createServer>
  let api: Upstream
  let base: string
  let issued: number

  beforeAll(async () => {
    let handle: (...exchange: Parameters<Parameters<typeof createServer>[1] & object>) => unknown = () => undefined
    server = createServer((...exchange) => void handle(...exchange))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = (name: string, method: 'client_secret_basic' | 'client_secret_post') => ({
      client_id: name,
      client_secret: secrets[name] ?? '',
      token_endpoint_auth_method: method,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })
    const provider = new Provider(base, {
      clients: [client('basic client', 'client_secret_basic'), client('post:client', 'client_secret_post')],
      scopes: ['orders:read', 'orders:write'],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        revocation: { enabled: true },
      },
    })
    issued = 0
    provider.on('grant.success', () => (issued += 1))
    handle = provider.callback()
    api = await startUpstream(async ({ headers }) => {
      const answer = await ask('/token/introspection', headers.authorization?.replace(/^Bearer /, '') ?? '')
      const { active, scope = '' } = (await answer.json()) as { active: boolean; scope?: string }
      return active ? { body: JSON.stringify({ scope }) } : { status: 401 }
    })
  })

  afterAll(async () => {
    await api.close()
    server.close()
    server.closeAllConnections()
  })

  /** As the client that authenticates in the body. */
  function ask(path: string, token: string): Promise<Response> {
    const body = new URLSearchParams({ token, client_id: 'post:client', client_secret: oddSecret })
    return fetch(base + path, { method: 'POST', body })
  }

  const connect = (definition: Partial<OAuthDefinition> = {}) =>
    open(
      { host: api.url },
      {
        security: define({
          authServerUrl: `${base}/token`,
          username: 'post:client',
          password: oddSecret,
          ...definition,
        }),
      },
    )

  test('takes an odd secret in the body', async () => {
    const { conn } = connect({ scopes: 'orders:read orders:write' })
    expect((await conn.get(cid)).data).toEqual({ scope: 'orders:read orders:write' })
  })

  test('takes an odd secret in a Basic header', async () => {
    const { conn } = connect({
      tokenEndpointAuthMethod: 'client_secret_basic',
      username: 'basic client',
      scopes: 'orders:read',
    })
    // Another client may not ask about its token, but the token is there.
    await conn.get(cid)
    expect(api.requests.at(-1)?.headers.authorization).toMatch(/^Bearer \S{20,}$/)
  })

  test('gives one token to 40 calls at once, and another for other scopes', async () => {
    const { conn } = connect({ scopes: 'orders:read' })
    const before = issued
    await Promise.all(Array.from({ length: 40 }, () => conn.get(cid)))
    expect(issued - before).toBe(1)
    expect((await conn.get(cid, { scopes: 'orders:write' })).data).toEqual({ scope: 'orders:write' })
    expect(issued - before).toBe(2)
  })

  test('revokes a token: it is replaced, and the call succeeds', async () => {
    const { conn } = connect()
    await conn.get(cid)
    const before = issued
    const token = api.requests.at(-1)?.headers.authorization?.replace(/^Bearer /, '') ?? ''
    await ask('/token/revocation', token)
    expect(await conn.get(cid)).toMatchObject({ statusCode: 200, attempts: 2 })
    expect(issued - before).toBe(1)
  })

  test('refuses a wrong secret, and the error says which of our fields to look at', async () => {
    const error = await failureOf<BadReply>(connect({ password: 'canary-secret' }).conn.get(cid))
    expect(error).toBeInstanceOf(BadReply)
    expect(error.message).toContain('its status is 401, invalid_client')
    expect(error.hint).toContain('username and password of the security definition "OAuth"')
    expect(error.message).not.toContain('canary')
  })

  test('refuses a grant that it does not have', async () => {
    const error = await failureOf<BadReply>(connect({ grantType: 'urn:none' }).conn.get(cid))
    expect(error.message).toContain('unsupported_grant_type')
  })
})

describe('oauth2-mock-server', () => {
  const server = new OAuth2Server()
  let api: Upstream

  beforeAll(async () => {
    await server.issuer.keys.generate('RS256')
    await server.start(0, '127.0.0.1')
    api = await startUpstream()
  })
  afterAll(() => Promise.all([server.stop(), api.close()]))

  const connect = (definition: Partial<OAuthDefinition> = {}) =>
    open({ host: api.url }, { security: define({ authServerUrl: `${server.issuer.url ?? ''}/token`, ...definition }) })

  /** How many tokens it has given since. */
  function count(): { readonly tokens: number } {
    const counted = { tokens: 0 }
    server.service.on('beforeTokenSigning', () => (counted.tokens += 1))
    return counted
  }

  test('gives tokens that are kept', async () => {
    const counted = count()
    const { conn } = connect()
    await Promise.all([conn.get(cid), conn.get(cid)])
    await conn.get(cid)
    expect(counted.tokens).toBe(1)
  })

  test('gives tokens that live for a moment: they are replaced before they expire', async () => {
    server.service.on('beforeResponse', (reply: { body: { expires_in?: number } }) => (reply.body.expires_in = 0.05))
    const counted = count()
    const { conn } = connect()
    await conn.get(cid)
    await expect
      .poll(async () => {
        await conn.get(cid)
        return counted.tokens
      })
      .toBeGreaterThan(2)
    server.service.removeAllListeners('beforeResponse')
  })

  test('fails once: the next call asks again', async () => {
    server.service.once('beforeResponse', (reply: { statusCode: number; body: unknown }) => {
      reply.statusCode = 400
      reply.body = { error: 'invalid_grant' }
    })
    const { conn } = connect()
    expect((await failureOf(conn.get(cid))).message).toContain('invalid_grant')
    expect((await conn.get(cid)).statusCode).toBe(200)
  })
})
