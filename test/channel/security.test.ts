import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Listening, listening } from './listening.js'
import { apiKey, basicAuth, bearerToken, channel } from './projects.js'

let running: Listening

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const secured = (path: string, security: string) => channel(path, { security })
const grouped = (path: string, ...groups: string[]) => channel(path, { groups })

beforeAll(async () => {
  running = await listening({
    security: [
      basicAuth('Shop', { realm: 'The "shop" \\ é\r\nX: y' }),
      basicAuth('Unicode', { username: 'jürgen', password: 'pä:ss wörd' }),
      apiKey('Key'),
      apiKey('Other key', { header: 'X-Other' }),
      bearerToken('Token'),
      bearerToken('Plain token', { staticHeader: 'X-Token', staticPrefix: '' }),
      basicAuth('Partner', { username: 'partner', password: 'secret' }),
      apiKey('Partner key', { header: 'X-Partner', password: 'partner secret' }),
      apiKey('Inactive', { isActive: false }),
      apiKey('Empty', { password: '' }),
      apiKey('Unset', { refusal: { code: 'missing-variable', reason: 'X is not set' } }),
      { name: 'Unserved', type: 'unserved', isActive: true },
    ],
    groups: [
      { name: 'Partners', members: ['Partner', 'Partner key'] },
      { name: 'Bearers', members: ['Token'] },
      { name: 'Nobody', members: [] },
      { name: 'Some', members: ['Inactive', 'Empty', 'Unset', 'Unserved', 'No such', 'Key'] },
      { name: 'Refusing', members: ['Key'], refusal: { code: 'unserved', reason: 'not yet' } },
    ],
    channelRest: [
      channel('/open'),
      secured('/basic', 'Shop'),
      secured('/unicode', 'Unicode'),
      secured('/key', 'Key'),
      secured('/bearer', 'Token'),
      secured('/plain', 'Plain token'),
      secured('/inactive', 'Inactive'),
      secured('/empty', 'Empty'),
      secured('/unset', 'Unset'),
      secured('/unserved', 'Unserved'),
      secured('/unknown', 'No such'),
      grouped('/partners', 'Partners'),
      grouped('/both-groups', 'Partners', 'Bearers'),
      grouped('/nobody', 'Nobody'),
      grouped('/some', 'Some'),
      grouped('/refusing-group', 'Refusing'),
      grouped('/unknown-group', 'No such'),
      channel('/key-and-partner', { security: 'Key', groups: ['Partners'] }),
      channel('/get-only', { method: 'GET', security: 'Key' }),
    ],
  })
})
afterAll(() => running.close())
beforeEach(() => (running.incoming.length = running.logs.length = 0))

describe('One definition', () => {
  test.each([
    ['/open', {}, 200],
    ['/open', { authorization: 'nonsense' }, 200],
    ['/basic', { authorization: basic('shop', 'open sesame') }, 200],
    ['/basic', { authorization: basic('shop', 'open sesame').replace('Basic', 'bASIC  ') }, 200],
    ['/unicode', { authorization: basic('jürgen', 'pä:ss wörd') }, 200],
    ['/key', { 'x-api-key': 'key of Key' }, 200],
    ['/bearer', { authorization: 'Bearer token.of.Token' }, 200],
    ['/bearer', { authorization: 'bEaReR   token.of.Token' }, 200],
    ['/plain', { 'x-token': 'token.of.Plain token' }, 200],
    ['/basic', {}, 401],
    ['/basic', { authorization: '' }, 401],
    ['/basic', { authorization: 'Basic' }, 401],
    ['/basic', { authorization: 'Basic !!!' }, 401],
    ['/basic', { authorization: basic('shop', 'open sesam') }, 401],
    ['/basic', { authorization: basic('shop', 'open sesame ') }, 401],
    ['/basic', { authorization: basic('Shop', 'open sesame') }, 401],
    ['/basic', { authorization: basic('', '') }, 401],
    ['/basic', { authorization: 'Bearer token.of.Token' }, 401],
    ['/basic', { 'x-api-key': 'key of Key' }, 401],
    ['/key', {}, 401],
    ['/key', { 'x-api-key': '' }, 401],
    ['/key', { 'x-api-key': 'key of key' }, 401],
    ['/key', { 'x-api-key': 'key of Other key' }, 401],
    ['/key', { 'x-other': 'key of Key' }, 401],
    ['/bearer', { authorization: 'token.of.Token' }, 401],
    ['/bearer', { authorization: 'Bearertoken.of.Token' }, 401],
    ['/bearer', { authorization: 'Bearer ' }, 401],
    ['/plain', { authorization: 'Bearer token.of.Plain token' }, 401],
    ['/basic', { authorization: [basic('shop', 'open sesame'), basic('shop', 'open sesame')] }, 400],
    ['/key', { 'x-api-key': ['key of Key', 'key of Key'] }, 400],
  ])('%s with %j is %i', async (path, headers, status) => {
    const answer = await running.fetch(path, { headers })
    expect(answer.status).toBe(status)
    expect(running.incoming).toHaveLength(status === 200 ? 1 : 0)
  })

  test('a refused caller is told how to authenticate', async () => {
    const ask = async (path: string, headers = {}) =>
      (await running.fetch(path, { headers })).headers['www-authenticate']
    expect(await ask('/basic')).toBe('Basic realm="The \\"shop\\" \\\\ X: y", charset="UTF-8"')
    expect(await ask('/bearer')).toBe('Bearer')
    expect(await ask('/bearer', { authorization: 'Bearer x' })).toBe('Bearer error="invalid_token"')
    expect(await ask('/key')).toBeUndefined()
  })

  test('services are told which definition it was, and nothing more', async () => {
    await running.fetch('/basic', { headers: { authorization: basic('shop', 'open sesame') } })
    await running.fetch('/open')
    const seen = running.incoming.map(({ incoming }) => incoming.channel?.security)
    expect(seen).toEqual([{ name: 'Shop', type: 'basic_auth' }, undefined])
  })

  test('the method is looked at before the credentials, the credentials before the body', async () => {
    expect((await running.fetch('/get-only', { method: 'POST' })).status).toBe(405)
    expect((await running.fetch('/key', { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024) })).status).toBe(401)
  })

  test.each(['/inactive', '/empty', '/unset', '/unserved', '/unknown', '/refusing-group', '/unknown-group'])(
    '%s is not served at all, because what protects it cannot be used',
    async (path) => {
      for (const key of ['', 'key of Inactive', 'key of Unset', 'key of Key']) {
        const answer = await running.fetch(path, { headers: { 'x-api-key': key } })
        expect(answer.status).toBe(500)
      }
      expect(running.incoming).toEqual([])
      expect(running.logs[0]?.message).toMatch(/refuses to work: The (security definition|group) "/)
    },
  )
})

describe('Groups', () => {
  const token = { authorization: 'Bearer token.of.Token' }
  test.each([
    ['/partners', { authorization: basic('partner', 'secret') }, 200, 'Partner'],
    ['/partners', { 'x-partner': 'partner secret' }, 200, 'Partner key'],
    ['/both-groups', { 'x-partner': 'partner secret' }, 200, 'Partner key'],
    ['/both-groups', token, 200, 'Token'],
    ['/some', { 'x-api-key': 'key of Key' }, 200, 'Key'],
    ['/partners', {}, 403, undefined],
    ['/partners', token, 403, undefined],
    ['/partners', { authorization: basic('partner', 'wrong') }, 403, undefined],
    ['/partners', { 'x-partner': 'partner:secret' }, 403, undefined],
    ['/nobody', {}, 403, undefined],
    ['/nobody', { 'x-api-key': 'key of Key' }, 403, undefined],
    ['/some', { 'x-api-key': 'key of Inactive' }, 403, undefined],
    ['/some', { 'x-api-key': 'key of Unset' }, 403, undefined],
    ['/some', { 'x-api-key': '' }, 403, undefined],
    ['/partners', { authorization: basic('partner', 'secret'), 'x-partner': 'partner secret' }, 400, undefined],
    ['/partners', { authorization: [basic('partner', 'secret'), basic('a', 'b')] }, 400, undefined],
    ['/key-and-partner', { 'x-api-key': 'key of Key' }, 403, undefined],
    ['/key-and-partner', { 'x-partner': 'partner secret' }, 401, undefined],
    ['/key-and-partner', { 'x-api-key': 'key of Key', 'x-partner': 'partner secret' }, 200, 'Key'],
    ['/key-and-partner', { 'x-api-key': 'key of Key', authorization: basic('partner', 'secret') }, 200, 'Key'],
  ])('%s with %j is %i', async (path, headers, status, name) => {
    const answer = await running.fetch(path, { headers })
    expect(answer.status).toBe(status)
    expect(answer.headers['www-authenticate'] === undefined).toBe(status !== 401 || path === '/key-and-partner')
    expect(running.incoming.map(({ incoming }) => incoming.channel?.security?.name)).toEqual(
      name === undefined ? [] : [name],
    )
  })
})
