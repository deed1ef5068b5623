import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { editProject } from '../../../src/project/edit/edit-project.js'
import { ProjectError } from '../../../src/project/problem.js'

let dir: string
let file: string

const start = `# What we call
outgoing_rest:
  - name: Orders   # the shop's
    host: https://orders.test
    url_path: /customers/{customer_id}

channel_rest: []
`

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'edit-project-'))
  file = join(dir, 'zato.yaml')
  await writeFile(file, start)
})

afterEach(() => rm(dir, { recursive: true }))

const content = (path = file) => readFile(path, 'utf8')
const options = () => ({ file, env: {} })
const timeout = (value: unknown) =>
  [{ kind: 'set', section: 'outgoing_rest', name: 'Orders', field: 'timeout', value }] as const
const append = (name: string) =>
  [{ kind: 'append', section: 'outgoing_rest', item: { name, host: 'https://new.test' } }] as const

test('writes the edit, and says where it stands and what has changed', async () => {
  const edited = await editProject({ ...options(), edits: timeout(5) })
  expect(await content()).toBe(start.replace('{customer_id}\n', '{customer_id}\n    timeout: 5\n'))
  expect(edited).toMatchObject({ file, before: start, after: await content(), line: 6, reprinted: false })
  expect(edited.diff).toBe(
    [
      '--- a/zato.yaml',
      '+++ b/zato.yaml',
      '@@ -3,5 +3,6 @@',
      "   - name: Orders   # the shop's",
      '     host: https://orders.test',
      '     url_path: /customers/{customer_id}',
      '+    timeout: 5',
      ' ',
      ' channel_rest: []',
      '',
    ].join('\n'),
  )
  expect(await readdir(dir)).toEqual(['zato.yaml'])
})

test('a dry run says the same and writes nothing', async () => {
  const edited = await editProject({ ...options(), edits: timeout(5), dryRun: true })
  expect(edited.after).toContain('timeout: 5')
  expect(edited.diff).toContain('+    timeout: 5')
  expect(await content()).toBe(start)
})

test('the diff shows no secret that stands near the change', async () => {
  await writeFile(
    file,
    `${start.replace('channel_rest: []\n', '')}    security: Key\nsecurity:\n  - { name: Key, type: apikey, password: 'sesame-7531' } # not sesame-7531\n`,
  )
  const edits = [{ kind: 'set', section: 'outgoing_rest', name: 'Orders', field: 'timeout', value: 5 }] as const
  const { diff, after } = await editProject({ ...options(), edits, dryRun: true })
  expect(after).toContain("password: 'sesame-7531'")
  expect(diff).toContain('+    timeout: 5')
  expect(diff).toContain('password: [redacted]')
  expect(diff).not.toContain('sesame')
})

test('a changed secret is a change in the diff, and hidden', async () => {
  const definition = (password: string) => `security:\n  - name: Key\n    type: apikey\n    password: ${password}\n`
  await writeFile(file, definition('sesame-7531'))
  const edits = [{ kind: 'set', section: 'security', name: 'Key', field: 'password', value: 'mustard-88' }] as const
  const { diff } = await editProject({ ...options(), edits, dryRun: true })
  expect(diff).toContain('-    password: [redacted]\n+    password: [redacted]\n')
})

test('an edit that says what is there already writes nothing and has no diff', async () => {
  const { mtimeMs } = await stat(file)
  const edits = [
    { kind: 'set', section: 'outgoing_rest', name: 'Orders', field: 'host', value: 'https://orders.test' },
  ] as const
  expect(await editProject({ ...options(), edits })).toMatchObject({ diff: '', before: start, after: start, line: 4 })
  expect((await stat(file)).mtimeMs).toBe(mtimeMs)
})

test('several edits are made together, or none is', async () => {
  const rename = { kind: 'set', section: 'outgoing_rest', name: 'Orders', field: 'name', value: 'Shop' } as const
  await editProject({ ...options(), edits: [...timeout(5), rename, ...append('Two')] })
  expect(await content()).toContain("- name: Shop   # the shop's")
  const before = await content()
  const wrong = { kind: 'remove', section: 'outgoing_rest', name: 'Orders' } as const
  await expect(editProject({ ...options(), edits: [...append('Three'), wrong] })).rejects.toMatchObject({
    code: 'ZU003',
  })
  expect(await content()).toBe(before)
})

test('an edit that would add a problem is refused with it, and nothing is written', async () => {
  const error = await editProject({ ...options(), edits: timeout('soon') }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProjectError)
  expect((error as ProjectError).problems).toMatchObject([{ code: 'ZC104', file, line: 6 }])
  expect(await content()).toBe(start)
  await expect(editProject({ ...options(), edits: append('Orders') })).rejects.toMatchObject({ code: 'ZC201' })
  expect(await content()).toBe(start)
})

test('problems that were there before keep nobody from mending them one by one', async () => {
  await writeFile(file, start.replace('url_path', 'url_paht').replace('host: https', 'timeout: soon\n    host: https'))
  await editProject({ ...options(), edits: timeout(5) })
  expect(await content()).toContain('timeout: 5')
  expect(await content()).toContain('url_paht')
})

test('a problem that an edit only moves to another line is not a new one', async () => {
  await writeFile(file, `${start}server:\n  prot: 1\n`)
  await editProject({ ...options(), edits: append('Two') })
  expect(await content()).toContain('name: Two')
})

test('a file that does not parse is refused with its problems', async () => {
  const broken = `${start}server: [\n`
  await writeFile(file, broken)
  const error = await editProject({ ...options(), edits: timeout(5) }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProjectError)
  expect((error as ProjectError).problems[0]).toMatchObject({ code: 'ZC001', file })
  await writeFile(file, `${start}---\na: 1\n`)
  await expect(editProject({ ...options(), edits: timeout(5) })).rejects.toMatchObject({ code: 'ZC002' })
  await writeFile(file, Buffer.from([0x61, 0x3a, 0x20, 0xff]))
  await expect(editProject({ ...options(), edits: timeout(5) })).rejects.toMatchObject({ code: 'ZC007' })
})

test('finds the included file that holds the item', async () => {
  const included = join(dir, 'more/connections.yaml')
  await mkdir(join(dir, 'more'))
  await writeFile(included, 'outgoing_rest:\r\n- name: Billing # b\r\n  host: https://billing.test')
  await writeFile(file, `include:\n  - more/connections.yaml\n`)
  const edits = [{ kind: 'set', section: 'outgoing_rest', name: 'Billing', field: 'timeout', value: 5 }] as const
  const edited = await editProject({ ...options(), edits })
  expect(edited).toMatchObject({ file: included, line: 4 })
  expect(edited.diff).toMatch(/^--- a\/more\/connections.yaml\n/)
  expect(await content(included)).toBe(
    'outgoing_rest:\r\n- name: Billing # b\r\n  host: https://billing.test\r\n  timeout: 5',
  )

  expect(await editProject({ ...options(), edits: append('Two') })).toMatchObject({ file: included })
  const channel = { name: 'C', service: 's', url_path: '/c' }
  const added = await editProject({ ...options(), edits: [{ kind: 'append', section: 'channel_rest', item: channel }] })
  expect(added.file).toBe(file)
  const both = [...edits, { kind: 'remove', section: 'channel_rest', name: 'C' }] as const
  await expect(editProject({ ...options(), edits: both })).rejects.toMatchObject({ code: 'ZU001' })
})

test('a symbolic link is written through, and mode and byte order mark stay', async () => {
  const target = join(dir, 'real.yaml')
  await writeFile(target, `\ufeff${start}`)
  await chmod(target, 0o640)
  await rm(file)
  await symlink('real.yaml', file)
  await editProject({ ...options(), edits: timeout(5) })
  expect((await lstat(file)).isSymbolicLink()).toBe(true)
  expect(await content(target)).toBe(`\ufeff${start.replace('{customer_id}\n', '{customer_id}\n    timeout: 5\n')}`)
  expect((await stat(target)).mode & 0o777).toBe(0o640)
})

test('two edits of one process wait for each other, and none is lost', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `Extra ${index}`)
  await Promise.all(names.map((name) => editProject({ ...options(), edits: append(name) })))
  const text = await content()
  for (const name of names) expect(text).toContain(`- name: ${name}\n`)
})

test('while a living process holds the lock the edit is refused after a while', async () => {
  await writeFile(join(dir, '.zato.yaml.lock'), `${process.pid} ${hostname()} other\n`)
  await expect(editProject({ ...options(), edits: timeout(5) })).rejects.toMatchObject({
    code: 'ZU005',
    message: `"${file}" is being edited by process ${process.pid}`,
  })
  expect(await content()).toBe(start)
})
