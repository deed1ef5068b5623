import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { cli } from '../helpers/run-cli.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'

const text = `# The shop.   Two blanks, kept.

security:
  - name: Orders credentials   # used below
    type: basic_auth
    username:    shop
    password: \${ORDERS_PASSWORD}

  # nobody uses this one
  - {name: Spare, type: apikey, password: "\${SPARE}"}

outgoing_rest:

  # --- orders ---
  - name: 'Orders API'    # the old one
    host: "https://api.example.com"
    url_path: /customers/{customer_id}/orders

    security: Orders credentials
    timeout: 30   # seconds

  - {name: Rates, host: https://rates.example.com, data_format: xml}   # flow

channel_rest:
  - name: Customer orders
    url_path: /api/customers/{customer_id}/orders  # public
    service: my.api.get-customer-orders
    method: GET
# the end
`

let project: TemporaryProject

beforeEach(async () => {
  project = await temporaryProject({
    'zato.yaml': text,
    '.env': 'ORDERS_PASSWORD=orders-password\nSPARE=spare-secret\n',
  })
})

const run = (...argv: string[]) => cli(argv, { cwd: project.dir })
const file = (name = 'zato.yaml') => readFile(join(project.dir, name), 'utf8')

/** Lines that only one of two texts has, the longest common beginning and end taken away. */
function changed(before: string, after: string): { removed: string[]; added: string[] } {
  const a = before.split('\n')
  const b = after.split('\n')
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  return { removed: a.slice(start, a.length - end), added: b.slice(start, b.length - end) }
}

interface Edit {
  readonly argv: readonly string[]
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

const edits: readonly Edit[] = [
  {
    argv: ['conn', 'add', 'Billing', '--host', 'https://b.example.com', '--timeout', '5', '--header', 'X-Team=shop'],
    removed: [],
    added: [
      '  - name: Billing',
      '    host: https://b.example.com',
      '    timeout: 5',
      '    headers:',
      '      X-Team: shop',
    ],
  },
  {
    argv: ['conn', 'edit', 'Orders API', '--timeout', '10'],
    removed: ['    timeout: 30   # seconds'],
    added: ['    timeout: 10   # seconds'],
  },
  {
    argv: ['conn', 'edit', 'Orders API', '--host', 'https://new.example.com'],
    removed: ['    host: "https://api.example.com"'],
    added: ['    host: "https://new.example.com"'],
  },
  {
    argv: ['conn', 'edit', 'Orders API', '--name', 'Orders'],
    removed: ["  - name: 'Orders API'    # the old one"],
    added: ["  - name: 'Orders'    # the old one"],
  },
  { argv: ['conn', 'edit', 'Orders API', '--unset', 'timeout'], removed: ['    timeout: 30   # seconds'], added: [] },
  {
    argv: ['conn', 'remove', 'Rates', '--yes'],
    removed: ['  - {name: Rates, host: https://rates.example.com, data_format: xml}   # flow', ''],
    added: [],
  },
  {
    argv: ['channel', 'add', 'Orders list', '--path', '/api/orders', '--service', 'my.api.list', '--method', 'GET'],
    removed: [],
    added: ['', '  - name: Orders list', '    url_path: /api/orders', '    service: my.api.list', '    method: GET'],
  },
  {
    argv: ['channel', 'edit', 'Customer orders', '--method', 'POST'],
    removed: ['    method: GET'],
    added: ['    method: POST'],
  },
  { argv: ['channel', 'edit', 'Customer orders', '--unset', 'method'], removed: ['    method: GET'], added: [] },
  {
    argv: ['security', 'add', 'Key', '--type', 'apikey', '--password-env', 'KEY'],
    removed: [],
    added: ['  - name: Key', '    type: apikey', '    password: ${KEY}'],
  },
  {
    argv: [
      'security',
      'add',
      'Shop',
      '--type',
      'mtls',
      '--cert-path',
      'tls/shop.pem',
      '--key-path',
      '${KEYS}/shop.key',
    ],
    removed: [],
    added: ['  - name: Shop', '    type: mtls', '    cert_path: tls/shop.pem', '    key_path: ${KEYS}/shop.key'],
  },
]

describe('an edit changes the lines that it is about, and not a byte more', () => {
  for (const { argv, removed, added } of edits) {
    test(argv.join(' '), async () => {
      const { code, stdout, stderr } = await run(...argv)
      expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' })
      const difference = changed(text, await file())
      const solid = (lines: readonly string[]) => lines.filter((line) => line !== '')
      expect(solid(difference.removed)).toEqual(solid(removed))
      expect(solid(difference.added)).toEqual(solid(added))
      expect(difference.removed.length + difference.added.length).toBeLessThanOrEqual(removed.length + added.length + 1)
    })

    test(`${argv.join(' ')} --dry-run prints a diff and writes nothing`, async () => {
      const { code, stdout, stderr } = await run(...argv, '--dry-run')
      expect(code, stderr).toBe(0)
      for (const line of added.filter(Boolean)) expect(stdout).toContain(`+${line}`)
      for (const line of removed.filter(Boolean)) expect(stdout).toContain(`-${line}`)
      expect(stdout).toMatch(/^@@ /m)
      expect(await file()).toBe(text)
    })
  }
})

test('a change that would leave the file wrong is refused, and nothing is written', async () => {
  for (const argv of [
    ['conn', 'add', 'Bad', '--host', 'ftp://x'],
    ['conn', 'add', 'Bad', '--host', 'https://x.example.com', '--path', '/{a'],
    ['conn', 'add', 'Bad', '--host', 'https://x.example.com', '--security', 'Nobody'],
    ['conn', 'add', 'Rates', '--host', 'https://x.example.com'],
    ['conn', 'edit', 'Orders API', '--unset', 'host'],
    ['conn', 'edit', 'Orders API', '--unset', 'tiemout'],
    ['conn', 'edit', 'Orders API', '--name', 'Rates'],
    ['conn', 'edit', 'Orders API'],
    ['channel', 'edit', 'Customer orders', '--path', 'no-slash'],
    ['security', 'remove', 'Orders credentials', '--yes'],
    ['conn', 'remove', 'Rates'],
  ]) {
    const { code, stdout, stderr } = await run(...argv)
    expect({ argv, code, stdout }).toEqual({ argv, code: 2, stdout: '' })
    expect(stderr).toMatch(/^error\[Z/)
    expect(await file()).toBe(text)
  }
})

test('conn add says where it put the connection and how to call it, and writes the types', async () => {
  const { stderr } = await run(
    'conn',
    'add',
    'New API',
    '--host',
    'https://n.example.com',
    '--path',
    '/a/{account_id}/{kind}',
  )
  expect(stderr).toMatch(/^✓ Added connection "New API" to zato\.yaml:\d+\n/)
  expect(stderr).toContain("Try it: zato-ts call 'New API' --params account_id=12345 kind=example")
  expect(await file('zato-env.d.ts')).toContain("'New API': 'account_id' | 'kind'")
})

test('a secret from a file goes to .env under a name of its own, readable by its owner only', async () => {
  const { code, stderr } = await cli(
    ['security', 'add', 'Billing token', '--type', 'bearer_token', '--password-file', '-'],
    {
      cwd: project.dir,
      stdin: 'billing-secret-1\n',
    },
  )
  expect(code, stderr).toBe(0)
  expect(await file()).toContain('    static_token: ${BILLING_TOKEN}')
  expect(await file('.env')).toMatch(/^BILLING_TOKEN=["']?billing-secret-1["']?$/m)
  expect(stderr).not.toContain('billing-secret-1')
  const fresh = await temporaryProject({ 'zato.yaml': 'server: { port: 0 }\n' })
  await cli(['security', 'add', 'K', '--type', 'apikey', '--password-file', '-'], {
    cwd: fresh.dir,
    stdin: 'fresh-secret',
  })
  expect((await stat(join(fresh.dir, '.env'))).mode & 0o777).toBe(0o600)
})

test('files of mtls are given from where one is, and only the passphrase of the key is a secret', async () => {
  const nested = await temporaryProject({ 'zato.yaml': 'server: { port: 0 }\n', 'tls/shop.pem': '', 'a/b/c.txt': '' })
  const cwd = join(nested.dir, 'a/b')
  const add = ['security', 'add', 'Shop', '--type', 'mtls']
  const files = ['--cert-path', '../../tls/shop.pem', '--key-path', '/etc/shop.key', '--ca-certs-path', 'ca.pem']
  const { code, stderr } = await cli([...add, ...files, '--password-env', 'SHOP_PASSPHRASE'], { cwd })
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('SHOP_PASSPHRASE is not set yet')
  const text = await readFile(join(nested.dir, 'zato.yaml'), 'utf8')
  for (const line of [
    'cert_path: tls/shop.pem',
    'key_path: /etc/shop.key',
    'ca_certs_path: a/b/ca.pem',
    'key_passphrase: ${SHOP_PASSPHRASE}',
  ])
    expect(text).toContain(`    ${line}\n`)
  const refused = await cli([...add.with(2, 'Other'), ...files, '--header', 'X-Key'], { cwd })
  expect([refused.code, refused.stderr]).toEqual([2, 'error[ZU001]: mtls has no --header\n'])
  const incomplete = await cli(add.with(2, 'Other'), { cwd })
  expect(incomplete.stderr).toContain('"security add" needs --cert-path\n  hint  zato-ts security add NAME --type mtls')
})

test('removing a connection says which services still name it', async () => {
  const used = await temporaryProject({
    'zato.yaml': text,
    'services/a.ts': "const conn = out.rest['Rates'].conn",
    'services/b.ts': '',
  })
  const { code, stderr } = await cli(['conn', 'remove', 'Rates', '--yes'], { cwd: used.dir })
  expect(code).toBe(0)
  expect(stderr).toContain('These services still name "Rates": services/a.ts')
})

test('list and show give tables, rows and JSON', async () => {
  expect((await run('conn', 'list')).stdout).toBe(
    'Orders API\thttps://api.example.com/customers/{customer_id}/orders\tjson\tOrders credentials\tactive\n' +
      'Rates\thttps://rates.example.com\txml\t-\tactive\n',
  )
  expect(JSON.parse((await run('channel', 'list', '--json')).stdout)).toMatchObject({
    v: 1,
    channels: [{ name: 'Customer orders', method: 'GET' }],
  })
  expect(JSON.parse((await run('conn', 'show', 'Orders API', '--json')).stdout)).toMatchObject({
    v: 1,
    timeout: 30,
    pool_size: 20,
    line: 15,
  })
  const shown = await run('channel', 'show', 'Customer orders')
  expect(shown.stdout).toContain('url_path\t/api/customers/{customer_id}/orders\n')
  expect(shown.stderr).toContain('zato.yaml:25')
  expect(JSON.parse((await run('security', 'list', '--json')).stdout)).toMatchObject({
    security: [{ name: 'Orders credentials', username: 'shop', password: '[redacted]' }, { name: 'Spare' }],
  })
})
