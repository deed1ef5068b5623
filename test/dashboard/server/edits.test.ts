import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Backlog } from '../../../src/dashboard/server/backlog.js'
import { Dashboard } from '../../../src/dashboard/server/dashboard.js'
import type { ApiError, AppliedReply, EditOperation, PreviewReply } from '../../../src/dashboard/shared/api.js'
import { createLogger } from '../../../src/log.js'
import { startServer } from '../../../src/runtime/server.js'
import { temporaryFolder } from '../../runtime/files.js'
import { channels, service } from '../../runtime/serving.js'
import { until } from '../../runtime/until.js'
import { commentedFiles } from './commented-files.js'
import { openDashboard } from './opened.js'

interface Desk {
  readonly file: string
  text(): Promise<string>
  revision(): Promise<string>
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- whoever asks says what comes back
  post<T>(path: string, body: unknown): Promise<{ status: number; body: T }>
  apply(...operations: EditOperation[]): Promise<{ status: number; body: AppliedReply }>
}

/** A project that nobody watches, so that edits need not wait for it. */
async function openDesk(text: string, files: Record<string, string> = {}): Promise<Desk> {
  const root = await temporaryFolder({ 'zato.yaml': text, ...files })
  const file = join(root, 'zato.yaml')
  const backlog = new Backlog()
  const log = createLogger((entry) => backlog.log(entry))
  const env = { PATH: process.env.PATH }
  const server = await startServer({
    file,
    env,
    port: 0,
    watch: false,
    logSink: (entry) => backlog.log(entry),
    onEvent: (event) => backlog.event(event),
  })
  onTestFinished(() => server.close())
  const dashboard = await Dashboard.open({ server, backlog, project: { file, env }, port: 0, log })
  onTestFinished(() => dashboard.close())
  const authorization = `Bearer ${dashboard.link.split('#t=')[1] ?? ''}`
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- whoever asks says what comes back
  const ask = async <T>(path: string, init: RequestInit = {}) => {
    const headers = { authorization, 'content-type': 'application/json' }
    const response = await fetch(`${dashboard.url}_zato/api/v1${path}`, { ...init, headers })
    return { status: response.status, body: (await response.json()) as T }
  }
  const post: Desk['post'] = (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) })
  const revision = async () => (await ask<{ revision: string }>('/state')).body.revision
  return {
    file,
    text: async () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readFile(file)),
    revision,
    post,
    apply: async (...operations) => post('/config/apply', { operations, baseRevision: await revision() }),
  }
}

const breaks = /(?<=\n)/

/** Whether all lines of one text stand in another, in their order. */
function isWithin(lines: readonly string[], all: readonly string[]): boolean {
  let at = 0
  for (const line of all) if (line === lines[at]) at += 1
  return at === lines.length
}

describe('create, edit, delete change only their lines, and are taken back to the byte', () => {
  test.each(commentedFiles)('%s', async (_, before) => {
    const desk = await openDesk(before)
    const lines = before.split(breaks)

    const item = { name: 'New API', host: 'https://new.example.com', headers: { 'X-Team': 'shop' } }
    const added = await desk.apply({ op: 'add', section: 'outgoing_rest', item })
    expect(added.status).toBe(200)
    const afterAdd = await desk.text()
    expect(isWithin(lines, afterAdd.split(breaks))).toBe(true)
    expect(afterAdd).toContain('New API')

    const at = { section: 'outgoing_rest', name: 'Stock API' } as const
    const edited = await desk.apply({ op: 'edit', ...at, set: { timeout: 7 }, unset: [] })
    expect(edited.status).toBe(200)
    const afterEdit = await desk.text()
    expect(afterEdit).toBe(afterAdd.replace('timeout: 30   # seconds', 'timeout: 7   # seconds'))

    const removed = await desk.apply({ op: 'remove', section: 'outgoing_rest', name: 'Billing API' })
    expect(removed.status).toBe(200)
    const afterRemove = await desk.text()
    expect(isWithin(afterRemove.split(breaks), afterEdit.split(breaks))).toBe(true)
    expect(afterRemove).not.toContain('Billing API')
    for (const comment of ['Ask Eve', '# the last one', '# The end', 'at the end of the item']) {
      expect(afterRemove).toContain(comment)
    }

    for (const [undo, text] of [
      [removed.body.undo, afterEdit],
      [edited.body.undo, afterAdd],
      [added.body.undo, before],
    ] as const) {
      expect((await desk.post('/config/undo', { undo })).status).toBe(200)
      expect(await desk.text()).toBe(text)
    }
  })
})

const plain = `# Mine
outgoing_rest:
  - name: Orders # here
    host: https://orders.example.com
    timeout: 30
`

const edit = (set: Record<string, unknown>, unset: string[] = []): EditOperation => ({
  op: 'edit',
  section: 'outgoing_rest',
  name: 'Orders',
  set,
  unset,
})

describe('a file that was changed meanwhile', () => {
  test('is left as it is: the reply says what has changed, and what the edit would make of it now', async () => {
    const desk = await openDesk(plain)
    const baseRevision = await desk.revision()
    const theirs = plain.replace('# Mine', '# Yours')
    await writeFile(desk.file, theirs)
    const { status, body } = await desk.post<ApiError>('/config/apply', {
      operations: [edit({ timeout: 5 })],
      baseRevision,
    })
    expect(status).toBe(409)
    expect(body.error.code).toBe('config_conflict')
    expect(await desk.text()).toBe(theirs)
    expect(body.error.conflict?.changed).toContain('-# Mine\n+# Yours')
    expect(body.error.conflict?.diff).toContain('-    timeout: 30\n+    timeout: 5')

    const again = { operations: [edit({ timeout: 5 })], baseRevision: body.error.conflict?.revision }
    expect((await desk.post('/config/apply', again)).status).toBe(200)
    expect(await desk.text()).toBe(theirs.replace('30', '5'))
  })

  test('is not taken back either', async () => {
    const desk = await openDesk(plain)
    const { body } = await desk.apply(edit({ timeout: 5 }))
    const theirs = (await desk.text()).replace('# Mine', '# Yours')
    await writeFile(desk.file, theirs)
    const { status, body: refused } = await desk.post<ApiError>('/config/undo', { undo: body.undo })
    expect(status).toBe(409)
    expect(refused.error.conflict?.changed).toContain('+# Yours')
    expect(await desk.text()).toBe(theirs)
  })

  test('may be an included one', async () => {
    const desk = await openDesk(`include: [more.yaml]\n`, { 'more.yaml': plain })
    const baseRevision = await desk.revision()
    const included = join(desk.file, '../more.yaml')
    expect((await desk.apply(edit({ timeout: 6 }))).status).toBe(200)
    expect(await readFile(included, 'utf8')).toBe(plain.replace('30', '6'))
    const { status } = await desk.post('/config/apply', { operations: [edit({ timeout: 5 })], baseRevision })
    expect(status).toBe(409)
  })

  test('of two edits at once that have seen the same, one is written', async () => {
    const desk = await openDesk(plain)
    const baseRevision = await desk.revision()
    const replies = await Promise.all(
      [5, 6, 7, 8].map((timeout) => desk.post('/config/apply', { operations: [edit({ timeout })], baseRevision })),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  })
})

describe('secrets', () => {
  const security = `${plain}security:\n  - name: Key\n    type: apikey\n    password: \${KEY:-canary-in-the-file}\n`

  test.each<readonly [string, EditOperation, string]>([
    [
      'of a definition',
      { op: 'edit', section: 'security', name: 'Key', set: { password: 'hunter2' }, unset: [] },
      'password',
    ],
    [
      'of a new definition',
      { op: 'add', section: 'security', item: { name: 'B', type: 'basic_auth', username: 'u', password: 'hunter2' } },
      'password',
    ],
    [
      'behind a default',
      { op: 'edit', section: 'security', name: 'Key', set: { password: '${KEY:-hunter2}' }, unset: [] },
      'password',
    ],
    ['in a header', edit({ headers: { 'X-Api-Key': 'hunter2' } }), 'headers.X-Api-Key'],
    ['in an address', edit({ proxy: 'http://me:hunter2@proxy.example.com' }), 'proxy'],
    ['that was hidden', edit({ description: 'uses [redacted]' }), 'description'],
  ])('%s are not written, and the field says what to do', async (_, operation, path) => {
    const desk = await openDesk(security)
    const { status, body } = await desk.post<ApiError>('/config/apply', {
      operations: [operation],
      baseRevision: await desk.revision(),
    })
    expect(status).toBe(422)
    expect(body.error.fields?.map((field) => field.path)).toEqual([path])
    expect(await desk.text()).toBe(security)
    const { body: shown } = await desk.post<PreviewReply>('/config/preview', {
      operations: [operation],
      baseRevision: '',
    })
    expect(shown.fields.map((field) => field.path)).toEqual([path])
    expect(JSON.stringify([body, shown])).not.toContain('hunter2')
  })

  test('are written as references', async () => {
    const desk = await openDesk(security)
    const set = { password: '${OTHER_KEY}' }
    expect((await desk.apply({ op: 'edit', section: 'security', name: 'Key', set, unset: [] })).status).toBe(200)
    expect(await desk.text()).toContain('password: ${OTHER_KEY}')
  })

  test('stay hidden in a preview', async () => {
    const desk = await openDesk(security)
    const operations = [{ op: 'edit', section: 'security', name: 'Key', set: { header: 'X-Key' }, unset: [] }]
    const { body } = await desk.post<PreviewReply>('/config/preview', { operations, baseRevision: '' })
    expect(body.diff).toContain('+    header: X-Key')
    expect(body.diff).not.toContain('canary-in-the-file')
  })
})

describe('what would be wrong', () => {
  test.each<readonly [string, Record<string, unknown>, string]>([
    ['a number out of its bounds', { timeout: -1 }, 'timeout'],
    ['a host without a scheme', { host: 'a.example.com' }, 'host'],
    ['a brace that nothing closes', { url_path: '/a/{b' }, 'url_path'],
    ['a definition that does not exist', { security: 'Nobody' }, 'security'],
  ])('%s is refused beside its field, and nothing is written', async (_, set, path) => {
    const desk = await openDesk(plain)
    const request = { operations: [edit(set)], baseRevision: await desk.revision() }
    const preview = await desk.post<PreviewReply>('/config/preview', request)
    expect(preview.body.problems.length).toBeGreaterThan(0)
    expect(preview.body.fields.map((field) => field.path)).toContain(path)
    const { status, body } = await desk.post<ApiError>('/config/apply', request)
    expect([status, body.error.fields?.map((field) => field.path)]).toEqual([422, [path]])
    expect(await desk.text()).toBe(plain)
  })

  test.each<readonly [string, unknown, number]>([
    ['no operations', { operations: [], baseRevision: '' }, 400],
    ['an unknown key', { operations: [edit({})], baseRevision: '', force: true }, 400],
    ['an unknown operation', { operations: [{ op: 'format' }], baseRevision: '' }, 400],
    ['an unknown section', { operations: [{ op: 'remove', section: 'server', name: 'x' }], baseRevision: '' }, 400],
    ['no body', undefined, 400],
    ['a name that is taken', { operations: [{ op: 'add', section: 'outgoing_rest', item: { name: 'Orders' } }] }, 422],
    ['an item that is not there', { operations: [{ op: 'remove', section: 'outgoing_rest', name: 'Order' }] }, 404],
    ['a copy of nothing', { operations: [{ op: 'duplicate', section: 'outgoing_rest', name: 'Order', as: 'x' }] }, 404],
  ])('%s is refused', async (_, body, status) => {
    const desk = await openDesk(plain)
    const request = body === undefined ? undefined : { baseRevision: await desk.revision(), ...(body as object) }
    expect((await desk.post('/config/apply', request)).status).toBe(status)
    expect(await desk.text()).toBe(plain)
  })

  test('an edit that is not remembered cannot be taken back', async () => {
    const desk = await openDesk(plain)
    expect((await desk.post('/config/undo', { undo: 'nothing' })).status).toBe(404)
  })
})

test('a copy, a new name, a field less', async () => {
  const desk = await openDesk(plain)
  expect((await desk.apply({ op: 'duplicate', section: 'outgoing_rest', name: 'Orders', as: 'Copy' })).status).toBe(200)
  expect((await desk.apply(edit({ name: 'Old orders' }, ['timeout']))).status).toBe(200)
  expect(await desk.text()).toBe(`# Mine
outgoing_rest:
  - name: Old orders # here
    host: https://orders.example.com

  - name: Copy
    host: https://orders.example.com
    timeout: 30
`)
})

test('the twenty last edits can be taken back, no more', async () => {
  const desk = await openDesk(plain)
  const undos: (string | undefined)[] = []
  for (let timeout = 1; timeout <= 21; timeout++) undos.push((await desk.apply(edit({ timeout }))).body.undo)
  expect((await desk.post('/config/undo', { undo: undos[0] })).status).toBe(404)
  expect((await desk.post('/config/undo', { undo: undos[20] })).status).toBe(200)
  expect(await desk.text()).toBe(plain.replace('30', '20'))
})

describe('of a server that watches', () => {
  const files = {
    'zato.yaml': channels('a'),
    'services/a.ts': service('a', `this.response.payload = 'a'`),
  }

  test('the reply to an edit comes when the new version answers', async () => {
    const { ask, fetch: get } = await openDashboard(files)
    for (let round = 0; round < 5; round++) {
      const { body: state } = await ask<{ revision: string }>('GET /state')
      const path = `/round/${round}`
      const { status, body } = await ask<AppliedReply>('POST /config/apply', {
        operations: [{ op: 'edit', section: 'channel_rest', name: 'a', set: { url_path: path }, unset: [] }],
        baseRevision: state.revision,
      })
      expect([status, body]).toMatchObject([200, { problems: [] }])
      expect(body.liveMs).toBeGreaterThan(0)
      expect((await get(path)).status).toBe(200)
      if (round > 0) expect((await get(`/round/${round - 1}`)).status).toBe(404)
    }
  })

  test('an edit of a project whose services are broken is written, and the reply says that it is not live', async () => {
    const { ask, write, server } = await openDashboard(files)
    await write('services/a.ts', 'export class {')
    await until(() => server.inside?.problems.some(({ code }) => code === 'ZS101'))
    const { body: state } = await ask<{ revision: string }>('GET /state')
    const { status, body } = await ask<AppliedReply>('POST /config/apply', {
      operations: [{ op: 'edit', section: 'channel_rest', name: 'a', set: { url_path: '/other' }, unset: [] }],
      baseRevision: state.revision,
    })
    expect([status, body]).toMatchObject([200, {}])
    expect(body.liveMs).toBeUndefined()
    expect(body.problems[0]).toMatchObject({ code: 'ZS101', file: 'services/a.ts', line: 1 })
  })
})
