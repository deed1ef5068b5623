import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { oauthFields, unservedSecurityTypes } from '../../src/project/schema.js'
import { securityFields } from '../../src/project/sections.js'
import { type CliResult, cli, zato } from '../helpers/run-cli.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { type CredentialPage, index, pages } from './helpers/credential-pages.js'
import { type CredentialServers, startCredentialServers, variables } from './helpers/credential-servers.js'

/** The pages of docs/credentials/: their examples run against servers that check what they are shown, their failures happen. */

let servers: CredentialServers

beforeAll(async () => {
  servers = await startCredentialServers()
})
beforeEach(() => void servers.tokenRequests.splice(0))
afterAll(() => servers.close())

interface Example {
  readonly page: string
  readonly section: string
  readonly api: () => string
  readonly data?: unknown
  /** Without this variable no call is made. */
  readonly needs?: keyof typeof variables
  readonly exit?: number
}

/** A page whose two examples are answered alike. */
const both = (page: string, rest: Omit<Example, 'page' | 'section'>): Example[] =>
  ['Minimal', 'Full'].map((section) => ({ page, section, ...rest }))

const plain = (port: string) => () => servers.plain(port)
const secure = (port: string) => () => servers.secure(port)
const letIn = { let: 'in' }

const examples: readonly Example[] = [
  { page: 'api-key', section: 'Minimal', api: plain('key'), data: letIn, needs: 'ORDERS_KEY' },
  { page: 'api-key', section: 'Full', api: plain('partner'), data: letIn, needs: 'ORDERS_KEY' },
  { page: 'api-key', section: 'In the query', api: plain('query'), data: letIn, needs: 'ORDERS_KEY' },
  ...both('basic-auth', { api: plain('basic'), data: { user: 'shop' }, needs: 'ORDERS_PASSWORD' }),
  { page: 'bearer-token', section: 'Minimal', api: plain('bearer'), data: letIn, needs: 'ORDERS_TOKEN' },
  { page: 'bearer-token', section: 'Full', api: plain('token'), data: letIn, needs: 'ORDERS_TOKEN' },
  { page: 'mtls', section: 'Minimal', api: secure('mutual'), data: { client: 'CN=shop' } },
  { page: 'mtls', section: 'Full', api: secure('mutual'), data: { client: 'CN=shop' }, needs: 'SHOP_KEY_PASSPHRASE' },
  ...both('no-credentials', { api: plain('open'), data: { credentials: '' } }),
  ...both('ntlm', { api: () => 'http://intranet.example.com', data: { asked: 'intranet.example.com' } }),
  ...both('oauth2-client-credentials', { api: () => servers.tokenApi, needs: 'ORDERS_CLIENT_SECRET' }),
  // The API behind the private authority wants a password, too: without one it is at least reached.
  { page: 'private-ca', section: 'Minimal', api: secure('secure'), exit: 4 },
  { page: 'private-ca', section: 'Full', api: secure('secure'), data: { user: 'shop' }, needs: 'ORDERS_PASSWORD' },
]

interface Given {
  readonly page: string
  readonly section?: string
  readonly api: () => string
  readonly tokenEndpoint?: () => string
  readonly proxy?: () => string
  readonly without?: string
  readonly set?: Readonly<Record<string, string>>
  readonly change?: (yaml: string) => string
}

/** A project of one example, with the hosts of this test in place of those of the page. */
async function projectOf({ page, section = 'Minimal', ...given }: Given): Promise<string> {
  const yaml = pages.find(({ name }) => name === page)?.examples.get(section)
  if (yaml === undefined) throw new Error(`The page ${page} has no example in "${section}"`)
  const text = (given.change?.(yaml) ?? yaml)
    .replaceAll(/(host: )https?:\/\/[a-z]+\.example\.com/g, `$1${given.api()}`)
    .replaceAll('https://auth.example.com/oauth/token', given.tokenEndpoint?.() ?? servers.tokenEndpoint)
    .replaceAll('http://127.0.0.1:3128', given.proxy?.() ?? servers.plain('proxy'))
  const set = Object.entries({ ...variables, ...given.set }).filter(([name]) => name !== given.without)
  const names = ['shop.pem', 'shop.key', 'shop.encrypted.key', 'other.pem', 'other.key', 'company-ca.pem']
  return temporaryProject({
    'zato.yaml': text,
    '.env': set.map(([name, value]) => `${name}="${value}"\n`).join(''),
    ...Object.fromEntries(names.map((name) => [`certificates/${name}`, servers.certificates.read(name)])),
  })
}

/** The lines of `call -v` that the page says are there. */
function hiddenLines(page: string): string[] {
  const text = pages.find(({ name }) => name === page)?.text ?? ''
  return [...text.matchAll(/`(> [^`]+: \[redacted\])`/g)].map(([, line = '']) => line)
}

const call = (folder: string, ...flags: string[]): Promise<CliResult> =>
  cli(['-C', folder, 'call', 'Orders API', ...flags])

describe.each(examples)('$page, $section,', (one) => {
  test('is let in, and shows no secret', async () => {
    const folder = await projectOf(one)
    const { code, stdout, stderr } = await call(folder, '-v')
    expect([code, stderr.includes('error[')], stderr).toEqual([one.exit ?? 0, false])
    if (one.data !== undefined) expect(JSON.parse(stdout)).toEqual(one.data)
    if (one.section === 'Minimal') for (const line of hiddenLines(one.page)) expect(stderr).toContain(line)
    for (const secret of Object.values(variables)) {
      expect(stderr).not.toContain(secret)
      expect(stderr).not.toContain(encodeURIComponent(secret))
    }
    expect((await cli(['-C', folder, 'check'])).code).toBe(0)
    expect((await cli(['-C', folder, 'conn', 'ping', 'Orders API'])).code).toBe(code)
  })
})

test.each(examples.filter(({ needs }) => needs !== undefined))(
  '$page, $section, makes no call without $needs, and check says which is missing',
  async (one) => {
    const folder = await projectOf({ ...one, ...(one.needs && { without: one.needs }) })
    const { code, stderr } = await call(folder)
    expect([code, stderr]).toEqual([2, expect.stringContaining(one.needs ?? '')])
    const checked = await cli(['-C', folder, 'check'])
    expect(checked.stdout + checked.stderr).toContain(one.needs)
  },
)

const written = pages.filter(({ text }) => text.includes('The commands that write this:'))

test.each(written)('the commands of $name write its minimal example', async ({ text, examples: own }) => {
  const [, block = ''] = /The commands that write this:\n\n((?: {4}.*\n)+)/.exec(text) ?? []
  const lines = block.trim().split('\n')
  const folder = await temporaryProject({ 'zato.yaml': '' })
  for (const line of lines) {
    const [program, ...args] = [...line.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plainWord]) => quoted ?? plainWord ?? '',
    )
    expect(program).toBe('zato-ts')
    const { code, stderr } = await cli(['-C', folder, ...args])
    expect(code, stderr).toBe(0)
  }
  expect(parse(await readFile(join(folder, 'zato.yaml'), 'utf8'))).toEqual(parse(own.get('Minimal') ?? ''))
})

test('each type that "security add" writes has such commands', () => {
  expect(written.map(({ name }) => name)).toEqual([
    'api-key',
    'basic-auth',
    'bearer-token',
    'oauth2-client-credentials',
  ])
})

interface Failure extends Given {
  readonly what: string
}

const nobody = () => servers.nobody
const instead = (from: string, to: string) => (yaml: string) => yaml.replaceAll(from, to)

/** The rows of the tables of failures, in their order. */
const failures: readonly Failure[] = [
  { page: 'api-key', what: 'a wrong key', api: plain('key'), set: { ORDERS_KEY: 'no such key' } },
  { page: 'api-key', what: 'no variable', api: plain('key'), without: 'ORDERS_KEY' },
  { page: 'api-key', what: 'an empty key', api: plain('key'), set: { ORDERS_KEY: '' } },
  { page: 'api-key', what: 'a pasted line break', api: plain('key'), set: { ORDERS_KEY: String.raw`key\n` } },

  { page: 'basic-auth', what: 'a wrong password', api: plain('basic'), set: { ORDERS_PASSWORD: 'wrong password' } },
  { page: 'basic-auth', what: 'no variable', api: plain('basic'), without: 'ORDERS_PASSWORD' },
  { page: 'basic-auth', what: 'another message', section: 'Full', api: plain('basic'), without: 'ORDERS_PASSWORD' },
  { page: 'basic-auth', what: 'a colon', api: plain('basic'), change: instead('username: shop', 'username: shop:eu') },

  { page: 'bearer-token', what: 'an expired token', api: plain('bearer'), set: { ORDERS_TOKEN: 'expired token' } },
  { page: 'bearer-token', what: 'no variable', api: plain('bearer'), without: 'ORDERS_TOKEN' },
  { page: 'bearer-token', what: 'an empty token', api: plain('bearer'), set: { ORDERS_TOKEN: '' } },

  { page: 'mtls', what: 'no such file', api: secure('mutual'), change: instead('shop.key', 'shpo.key') },
  { page: 'mtls', what: 'the key of another', api: secure('mutual'), change: instead('shop.key', 'other.key') },
  { page: 'mtls', what: 'an encrypted key', api: secure('mutual'), change: instead('shop.key', 'shop.encrypted.key') },
  {
    page: 'mtls',
    what: 'a wrong passphrase',
    section: 'Full',
    api: secure('mutual'),
    set: { SHOP_KEY_PASSPHRASE: 'wrong passphrase' },
  },
  { page: 'mtls', what: 'an unknown authority', api: () => servers.strict, change: instead('shop.', 'other.') },
  {
    page: 'mtls',
    what: 'no certificate',
    api: () => servers.strict,
    change: instead('    security: Shop certificate\n', ''),
  },
  {
    page: 'mtls',
    what: 'an API that is not trusted',
    api: () => servers.strict,
    change: (yaml) => yaml.replace(/ +tls_ca.*\n/, ''),
  },

  { page: 'no-credentials', what: 'an API that wants some', api: plain('basic') },
  { page: 'no-credentials', what: 'a name that nobody has', api: () => 'http://orders.invalid' },
  { page: 'no-credentials', what: 'a port that nobody listens at', api: nobody },
  {
    page: 'no-credentials',
    what: 'https at an API of http',
    api: () => servers.plain('open').replace('http:', 'https:'),
  },

  {
    page: 'ntlm',
    what: 'a definition',
    api: plain('ntlm'),
    change: (yaml) =>
      `${yaml.replace(/ +proxy.*\n/, '')}    security: Windows\nsecurity:\n  - { name: Windows, type: ntlm, username: shop, password: '\${ORDERS_PASSWORD}' }\n`,
  },
  {
    page: 'ntlm',
    what: 'no proxy that speaks it',
    api: plain('ntlm'),
    change: (yaml) => yaml.replace(/ +proxy.*\n/, ''),
  },
  { page: 'ntlm', what: 'a proxy that does not run', api: () => 'http://intranet.example.com', proxy: nobody },

  {
    page: 'oauth2-client-credentials',
    what: 'a wrong secret',
    api: () => servers.tokenApi,
    tokenEndpoint: () => servers.refusingEndpoint,
  },
  {
    page: 'oauth2-client-credentials',
    what: 'a token endpoint that is not there',
    api: () => servers.tokenApi,
    tokenEndpoint: nobody,
  },
  {
    page: 'oauth2-client-credentials',
    what: 'no variable',
    api: () => servers.tokenApi,
    without: 'ORDERS_CLIENT_SECRET',
  },
  { page: 'oauth2-client-credentials', what: 'an API that takes no such token', api: plain('bearer') },

  { page: 'private-ca', what: 'no tls_ca', api: secure('secure'), change: (yaml) => yaml.replace(/ +tls_ca.*\n/, '') },
  { page: 'private-ca', what: 'no such file', api: secure('secure'), change: instead('company-ca', 'company-ac') },
  { page: 'private-ca', what: 'another name', api: secure('misnamed') },
]

const hostOf = (page: string) => (page === 'ntlm' ? 'http://intranet.example.com' : 'https://api.example.com')

/** The line that says what went wrong, with the hosts of the page in place of those of the test. */
function seen(stderr: string, { page, api, tokenEndpoint, proxy }: Given, folder: string): string {
  const line = stderr.split('\n').find((one) => /^(?:error\[|← )/.test(one)) ?? stderr
  const told: readonly (readonly [string, string])[] = [
    [tokenEndpoint?.() ?? servers.tokenEndpoint, 'https://auth.example.com/oauth/token'],
    [api(), hostOf(page)],
    [new URL(api()).host, new URL(hostOf(page)).host],
    [new URL(tokenEndpoint?.() ?? servers.tokenEndpoint).host, 'auth.example.com'],
    [new URL(proxy?.() ?? servers.plain('proxy')).host, '127.0.0.1:3128'],
    [`${folder}/`, '…/'],
  ]
  const text = told.reduce((before, [from, to]) => before.replaceAll(from, to), line)
  return text.startsWith('← ') ? (text.split('  ')[0] ?? '') : text
}

describe.each(pages)('the failures of the page $name', ({ name, failures: shown }) => {
  const mine = failures.filter(({ page }) => page === name)

  test('are those that are tried', () => {
    expect(shown.length).toBe(mine.length)
  })

  test.each(mine.map((failure, row) => ({ ...failure, row })))('$what', async ({ row, ...failure }) => {
    const folder = await projectOf(failure)
    const { code, stderr } = await call(folder)
    expect(code).not.toBe(0)
    const [told = '', actual] = [shown[row], seen(stderr, failure, folder)]
    // What OpenSSL says differs between its versions.
    if (told.endsWith('…')) expect(actual).toContain(told.slice(0, -1))
    else expect(told, stderr).toBe(actual)
  })
})

/** `bearer_token fetched` and the types of the schema, each with its fields. */
const kinds = { ...securityFields, 'bearer_token fetched': oauthFields }

/** The kinds of security definitions that an example defines. */
function kindsIn(yaml: string | undefined): string[] {
  const { security = [] } = parse(yaml ?? '{}') as { security?: Record<string, unknown>[] }
  return security.map((one) => `${String(one.type)}${one.auth_server_url === undefined ? '' : ' fetched'}`)
}

const pageOf = (kind: string): CredentialPage | undefined =>
  pages.find(({ examples: own, name }) => name !== 'private-ca' && kindsIn(own.get('Minimal')).includes(kind))

describe('the pages are complete:', () => {
  test.each(pages)('$name has a minimal and a full example, and says how to check it', ({ examples: own, text }) => {
    expect([...own.keys()].slice(0, 2)).toEqual(['Minimal', 'Full'])
    for (const heading of ['Check it', 'When it fails']) expect(text).toContain(`\n## ${heading}\n`)
  })

  test('every example is tried', () => {
    const there = pages.flatMap(({ name, examples: own }) => [...own.keys()].map((section) => `${name} ${section}`))
    expect(examples.map(({ page, section }) => `${page} ${section}`).sort()).toEqual(there.sort())
  })

  test.each(Object.entries(kinds))('%s has a page, which names each of its fields', (kind, fields) => {
    const page = pageOf(kind)
    expect(page?.name, `no page of docs/credentials/ has a minimal example of ${kind}`).toBeDefined()
    const served = Object.entries(fields).filter(([, { support }]) => support === 'served')
    for (const [field] of served) expect(page?.text).toMatch(new RegExp(`\\b${field}\\b`))
  })

  test('the index leads to each of them, and names the types that are not served', () => {
    for (const { name } of pages) expect(index).toContain(`(credentials/${name}.md)`)
    for (const type of unservedSecurityTypes) expect(index).toContain(`\`${type}\``)
  })
})

test('a token is asked for as the page says', async () => {
  for (const one of examples.filter(({ page }) => page === 'oauth2-client-credentials'))
    await call(await projectOf(one))
  const [minimal, full] = servers.tokenRequests
  expect(minimal?.body).toEqual({
    grant_type: 'client_credentials',
    client_id: 'shop',
    client_secret: variables.ORDERS_CLIENT_SECRET,
  })
  const encoded = new URLSearchParams({ '': variables.ORDERS_CLIENT_SECRET }).toString().slice(1)
  expect(full?.headers.authorization).toBe(`Basic ${Buffer.from(`shop:${encoded}`).toString('base64')}`)
  expect(full?.body).toEqual({
    grant_type: 'client_credentials',
    scope: 'orders:read orders:write',
    audience: 'https://api.example.com',
    resource: 'orders',
  })
})

test('NODE_EXTRA_CA_CERTS is trusted by a connection that names no authorities', async () => {
  const folder = await projectOf({ page: 'basic-auth', api: secure('secure') })
  const args = ['-C', folder, 'call', 'Orders API']
  expect((await zato(args)).code).toBe(6)
  const env = { NODE_EXTRA_CA_CERTS: servers.certificates.path('company-ca.pem') }
  expect((await zato(args, { env })).code).toBe(0)
})
