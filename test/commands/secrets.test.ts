import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cli } from '../helpers/run-cli.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'
import { type Upstream, startUpstream, unusedPort } from '../helpers/upstream.js'

/** Secrets that would be noticed anywhere, with characters that each encoding spells differently. */
const canaries = ['c4n4ry+basic/pass word', 'c4n4ry?key=ö', 'c4n4ry-token~8', 'c4n4ry-header-9'] as const

/** Hidden wherever they appear; the value of a header of a connection is hidden there. */
const definitionSecrets = canaries.slice(0, 3)

let upstream: Upstream
let project: TemporaryProject

beforeAll(async () => {
  upstream = await startUpstream()
  const down = await unusedPort()
  const [basic, key, token, header] = canaries
  project = await temporaryProject({
    'zato.yaml': `
security:
  - { name: Basic, type: basic_auth, username: shop, password: '\${BASIC}' }
  - { name: Key, type: apikey, header: X-Partner, password: '${key}' }
  - { name: Token, type: bearer_token, static_token: '\${TOKEN}' }
outgoing_rest:
  - { name: With basic, host: '${upstream.url}', url_path: '/basic', security: Basic }
  - { name: With key, host: '${upstream.url}', url_path: '/key', security: Key }
  - { name: With token, host: '${upstream.url}', url_path: '/token', security: Token }
  - { name: With header, host: '${upstream.url}', url_path: '/header', headers: { X-Auth-Token: '\${HEADER}' } }
  - { name: Unreachable, host: 'http://127.0.0.1:${down}', url_path: '/x', security: Basic }
`,
    '.env': `BASIC='${basic}'\nTOKEN='${token}'\nHEADER='${header}'\n`,
  })
})

afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

/** A secret as it is, URL-encoded, and in base64 at each alignment, alone and behind a user name. */
function spellings(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64')
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    ...base64,
    Buffer.from(`shop:${secret}`).toString('base64'),
  ]
}

function expectNoSecret(text: string): void {
  for (const spelling of canaries.flatMap(spellings)) expect(text).not.toContain(spelling)
}

describe('no secret is in anything that is written about a call', () => {
  for (const name of ['With basic', 'With key', 'With token', 'With header', 'Unreachable']) {
    for (const flags of [
      ['-v'],
      ['-i', '-v'],
      ['--curl'],
      ['--dry-run'],
      ['--json'],
      ['--json', '--dry-run'],
      ['--repeat', '2'],
    ]) {
      test(`${name} ${flags.join(' ')}`, async () => {
        // The secrets are in the query and the body as well, where a user may put them by mistake.
        const params = definitionSecrets.map((canary, index) => `p${index}=${canary}`)
        const data = [
          '-d',
          JSON.stringify({
            definitionSecrets,
            encoded: definitionSecrets.map((canary) => Buffer.from(canary).toString('base64')),
          }),
        ]
        const { stdout, stderr } = await cli(['call', name, '--params', ...params, ...data, ...flags], {
          cwd: project.dir,
        })
        expectNoSecret(stdout)
        expectNoSecret(stderr)
        expect(stderr + stdout).not.toBe('')
      })
    }
  }
})

test('the credentials are sent all the same', async () => {
  await cli(['call', 'With basic'], { cwd: project.dir })
  expect(upstream.requests[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from(`shop:${canaries[0]}`).toString('base64')}`,
  )
  await cli(['call', 'With token'], { cwd: project.dir })
  expect(upstream.requests[1]?.headers.authorization).toBe(`Bearer ${canaries[2]}`)
})

test('nothing that lists or shows the project has a secret', async () => {
  for (const argv of [
    ['conn', 'list'],
    ['conn', 'list', '--json'],
    ['conn', 'show', 'With header'],
    ['conn', 'show', 'With header', '--json'],
    ['security', 'list'],
    ['security', 'list', '--json'],
    ['conn', 'ping', '--all'],
    ['conn', 'ping', '--all', '--json'],
    ['doctor', '-v'],
    ['doctor', 'With header'],
    ['doctor', '--json'],
    ['doctor', '--online', '--json'],
    ['check'],
    ['check', '--json'],
  ]) {
    const { stdout, stderr } = await cli(argv, { cwd: project.dir })
    expectNoSecret(stdout)
    expectNoSecret(stderr)
    expect(stdout + stderr).not.toBe('')
  }
})

test('a secret in a query of the project file is shown by nothing', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': `outgoing_rest:
  - name: Query
    host: '${upstream.url}'
    url_path: /x?api_key=c4n4ry-query&a=1
    ping_path: /y?token=c4n4ry-ping
`,
  })
  for (const argv of [
    ['conn', 'list'],
    ['conn', 'list', '--json'],
    ['conn', 'show', 'Query'],
    ['conn', 'show', 'Query', '--json'],
    ['conn', 'edit', 'Query', '--timeout', '5', '--dry-run'],
    ['conn', 'edit', 'Query', '--path', '/z?api_key=c4n4ry-new', '--dry-run'],
    ['call', 'Query', '--dry-run'],
    ['call', 'Query', '--curl'],
    ['call', 'Query', '-v'],
    ['conn', 'ping', 'Query'],
    ['doctor', 'Query'],
    ['doctor', 'Query', '--json'],
  ]) {
    const { stdout, stderr } = await cli(argv, { cwd: dir })
    expect(stdout + stderr, argv.join(' ')).not.toContain('c4n4ry')
    expect(stdout + stderr).toMatch(/api_key=|<secret|token=|timeout/)
  }
})

test('-v hides what addresses in headers of a reply carry', async () => {
  const location = 'https://cb.test/?access_token=c4n4ry-1&x=1#id_token=c4n4ry-2'
  upstream.reply({ status: 302, headers: { location, link: `<${location}>; rel="next"` } })
  const { stderr } = await cli(['call', 'With basic', '-v', '--ignore-status'], { cwd: project.dir })
  expect(stderr).toContain('location: https://cb.test/?access_token=[redacted]&x=1#id_token=[redacted]')
  expect(stderr).toContain('#id_token=[redacted]>; rel="next"')
  expect(stderr).not.toContain('c4n4ry')
})

test('a reply that carries a secret is data, and stays exact on stdout', async () => {
  upstream.reply({ body: JSON.stringify({ echoed: canaries[0] }) })
  const { stdout } = await cli(['call', 'With basic'], { cwd: project.dir })
  expect(stdout).toBe(JSON.stringify({ echoed: canaries[0] }))
})

test('--show-secrets is the only way round', async () => {
  const { stderr } = await cli(['call', 'With token', '-v', '--show-secrets'], { cwd: project.dir })
  expect(stderr).toContain(`Bearer ${canaries[2]}`)
})
