import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificates, makeCertificates } from '../helpers/certificates.js'
import { type Nginx, startNginx } from '../helpers/nginx.js'
import { type CliResult, cli, zato } from '../helpers/run-cli.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

/** The examples of docs/credentials.md, read out of the page and run against servers that check what they are shown. */

const page = readFileSync(new URL('../../docs/credentials.md', import.meta.url), 'utf8')
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section): [string, readonly string[]] => [
      section.split('\n', 1)[0] ?? '',
      [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml),
    ]),
)

const variables = {
  ORDERS_PASSWORD: 'pässword: of the shop',
  ORDERS_KEY: 'key/of+the shop',
  ORDERS_TOKEN: 'token.of.the.shop',
  ORDERS_CLIENT_SECRET: 'secret: of/the+shop',
  SHOP_KEY_PASSPHRASE: 'open sesame',
}

let certificates: Certificates
let nginx: Nginx
const authority = new OAuth2Server()
let tokenApi: Upstream
let tokenRequests: { headers: Record<string, unknown>; body: Record<string, unknown> }[]

beforeAll(async () => {
  certificates = makeCertificates()
  certificates.issue('company-ca')
  certificates.issue('server', { by: 'company-ca' })
  certificates.issue('shop', { by: 'company-ca' })
  const pass = `pass:${variables.SHOP_KEY_PASSPHRASE}`
  certificates.openssl('pkcs8', '-topk8', '-in', 'shop.key', '-out', 'shop.encrypted.key', '-passout', pass)
  const hash = execFileSync('openssl', ['passwd', '-apr1', variables.ORDERS_PASSWORD], { encoding: 'utf8' })
  const files = ['server.pem', 'server.key', 'company-ca.pem'].map((name) => [name, certificates.read(name)] as const)
  nginx = await startNginx({
    ports: ['open', 'basic', 'key', 'partner', 'bearer', 'token', 'mutual', 'secure'],
    files: { users: `shop:${hash}`, ...Object.fromEntries(files) },
    http: (ports) => `
  ssl_certificate server.pem;
  ssl_certificate_key server.key;
  server { listen 127.0.0.1:${ports.open}; location / { return 200 '{"credentials":"$http_authorization"}'; } }
  server { listen 127.0.0.1:${ports.basic}; ${basic} }
  server { listen 127.0.0.1:${ports.secure} ssl; ${basic} }
  server { listen 127.0.0.1:${ports.key}; ${only('$http_x_api_key', variables.ORDERS_KEY)} }
  server { listen 127.0.0.1:${ports.partner}; ${only('$http_x_partner_key$http_x_partner_id', `${variables.ORDERS_KEY}4711`)} }
  server { listen 127.0.0.1:${ports.bearer}; ${only('$http_authorization', `Bearer ${variables.ORDERS_TOKEN}`)} }
  server { listen 127.0.0.1:${ports.token}; ${only('$http_x_auth_token', `Token ${variables.ORDERS_TOKEN}`)} }
  server {
    listen 127.0.0.1:${ports.mutual} ssl;
    ssl_client_certificate company-ca.pem;
    ssl_verify_client on;
    location / { return 200 '{"client":"$ssl_client_s_dn"}'; }
  }`,
  })
  await authority.issuer.keys.generate('RS256')
  await authority.start(0, '127.0.0.1')
  authority.service.on('beforeResponse', (_, request: (typeof tokenRequests)[number]) => tokenRequests.push(request))
  tokenApi = await startUpstream(({ headers }) => ({
    status: /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(headers.authorization ?? '') ? 200 : 401,
  }))
})
afterAll(async () => {
  certificates.remove()
  await Promise.all([nginx.close(), authority.stop(), tokenApi.close()])
})

const basic = `
  location / { auth_basic orders; auth_basic_user_file users; try_files /none @in; }
  location @in { return 200 '{"user":"$remote_user"}'; }`
const only = (what: string, value: string) =>
  `location / { set $shown "${what}"; if ($shown != '${value}') { return 401; } return 200 '{"let":"in"}'; }`

interface Try {
  readonly section: string
  /** 0 for the minimal example, 1 for the full one. */
  readonly example: number
  readonly api: () => string
  readonly data?: unknown
  /** Without this variable no call is made. */
  readonly needs?: keyof typeof variables
}

const plain = (port: string) => () => `http://127.0.0.1:${nginx.ports[port] ?? 0}`
const secure = (port: string) => () => `https://localhost:${nginx.ports[port] ?? 0}`
const tries: readonly Try[] = [
  { section: 'No credentials', example: 0, api: plain('open'), data: { credentials: '' } },
  ...[0, 1].map((example): Try => ({
    section: 'User name and password',
    example,
    api: plain('basic'),
    data: { user: 'shop' },
    needs: 'ORDERS_PASSWORD',
  })),
  { section: 'A key in a header', example: 0, api: plain('key'), data: { let: 'in' }, needs: 'ORDERS_KEY' },
  { section: 'A key in a header', example: 1, api: plain('partner'), data: { let: 'in' }, needs: 'ORDERS_KEY' },
  { section: 'A token that you have', example: 0, api: plain('bearer'), data: { let: 'in' }, needs: 'ORDERS_TOKEN' },
  { section: 'A token that you have', example: 1, api: plain('token'), data: { let: 'in' }, needs: 'ORDERS_TOKEN' },
  ...[0, 1].map((example): Try => ({
    section: 'A token that is fetched',
    example,
    api: () => tokenApi.url,
    needs: 'ORDERS_CLIENT_SECRET',
  })),
  { section: 'A client certificate', example: 0, api: secure('mutual'), data: { client: 'CN=shop' } },
  {
    section: 'A client certificate',
    example: 1,
    api: secure('mutual'),
    data: { client: 'CN=shop' },
    needs: 'SHOP_KEY_PASSPHRASE',
  },
  { section: 'A private certificate authority', example: 0, api: secure('secure') },
  {
    section: 'A private certificate authority',
    example: 1,
    api: secure('secure'),
    data: { user: 'shop' },
    needs: 'ORDERS_PASSWORD',
  },
]

/** A project of one example, with the hosts of this test in place of those of the page. */
async function projectOf({ section, example, api }: Try, without?: string): Promise<string> {
  const yaml = sections.get(section)?.[example]
  if (yaml === undefined) throw new Error(`The page has no example ${example} in "${section}"`)
  const text = yaml
    .replaceAll(/(host: )https:\/\/api\.example\.com/g, `$1${api()}`)
    .replaceAll('https://auth.example.com/oauth', authority.issuer.url ?? '')
  const set = Object.entries(variables).filter(([name]) => name !== without)
  const names = ['shop.pem', 'shop.key', 'shop.encrypted.key', 'company-ca.pem']
  return temporaryProject({
    'zato.yaml': text,
    '.env': set.map(([name, value]) => `${name}="${value}"\n`).join(''),
    ...Object.fromEntries(names.map((name) => [`certificates/${name}`, certificates.read(name)])),
  })
}

const call = (folder: string, ...flags: string[]): Promise<CliResult> =>
  cli(['-C', folder, 'call', 'Orders API', ...flags])

describe.each(tries)('"$section", example $example,', (one) => {
  test('is let in, and shows no secret', async () => {
    tokenRequests = []
    const folder = await projectOf(one)
    const { code, stdout, stderr } = await call(folder, '-v')
    const isOpen = one.section !== 'A private certificate authority' || one.example === 1
    // The API behind the private authority wants a password, too: without one it is at least reached.
    expect([code, stderr.includes('ZN103')]).toEqual([isOpen ? 0 : 4, false])
    if (one.data !== undefined) expect(JSON.parse(stdout)).toEqual(one.data)
    for (const secret of Object.values(variables)) expect(stderr).not.toContain(secret)
    expect((await cli(['-C', folder, 'check'])).code).toBe(0)
    expect((await cli(['-C', folder, 'conn', 'ping', 'Orders API'])).code).toBe(code)
  })
})

test.each(tries.filter(({ needs }) => needs !== undefined))(
  '"$section", example $example, makes no call without $needs, and check says which is missing',
  async (one) => {
    const folder = await projectOf(one, one.needs)
    const { code, stderr } = await call(folder)
    expect([code, stderr]).toEqual([2, expect.stringContaining(one.needs ?? '')])
    const checked = await cli(['-C', folder, 'check'])
    expect(checked.stdout + checked.stderr).toContain(one.needs)
  },
)

test('every section with examples is tried, and every example', () => {
  const tried = tries.map(({ section, example }) => `${section} ${example}`)
  const there = [...sections].flatMap(([section, examples]) => examples.map((_, index) => `${section} ${index}`))
  expect(tried).toEqual(there)
})

test('a token is asked for as the page says', async () => {
  tokenRequests = []
  for (const one of tries.filter(({ section }) => section === 'A token that is fetched'))
    await call(await projectOf(one))
  const [minimal, full] = tokenRequests
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
  const one = { section: 'User name and password', example: 0, api: secure('secure') }
  const folder = await projectOf(one)
  const args = ['-C', folder, 'call', 'Orders API']
  expect((await zato(args)).code).toBe(6)
  expect((await zato(args, { env: { NODE_EXTRA_CA_CERTS: certificates.path('company-ca.pem') } })).code).toBe(0)
})
