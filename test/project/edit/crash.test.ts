import { once } from 'node:events'
import { chmod, chown, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { editProject } from '../../../src/project/edit/edit-project.js'
import { type BundledScript, bundleScript } from './bundled-script.js'

let script: BundledScript
let dir: string
let file: string

const start = `# What we call
outgoing_rest:
  - name: Orders   # the shop's
    host: https://orders.test

# What we serve
channel_rest: []
`

/** Every text that the edits of the script pass through. */
const states =
  /^# What we call\noutgoing_rest:\n {2}- name: Orders {3}# the shop's\n {4}host: https:\/\/orders.test\n( {4}timeout: \d+\n)?(\n {2}- name: Extra\n {4}host: https:\/\/new.test\n)?\n# What we serve\nchannel_rest: \[\]\n$/

beforeAll(async () => {
  script = await bundleScript('edit-script')
})
afterAll(() => script.remove())

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crash-'))
  file = join(dir, 'zato.yaml')
  await writeFile(file, start)
})
afterEach(() => rm(dir, { recursive: true }))

test('whenever an edit is killed, the file is one of the texts before or after an edit, and no lock stays in the way', async () => {
  for (let round = 0; round < 20; round++) {
    const child = script.start(['forEver', file])
    if (child.stdout) await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
    expect(child.exitCode).toBeNull()
    // At any moment of an edit, which takes a few milliseconds.
    await wait(Math.random() * 25)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await readFile(file, 'utf8')).toMatch(states)
    expect(
      (await readdir(dir)).filter((name) => !/^\.zato\.yaml\.([0-9a-f]{12}\.tmp|lock(\.stale)?)$/.test(name)),
    ).toEqual(['zato.yaml'])
  }
  const edits = [{ kind: 'set', section: 'outgoing_rest', name: 'Orders', field: 'timeout', value: 1 }] as const
  await editProject({ file, env: {}, edits })
  expect((await readdir(dir)).filter((name) => name.endsWith('.lock'))).toEqual([])
})

test('of what several processes add at once nothing is lost', async () => {
  const names = ['One', 'Two', 'Three']
  const printed = await Promise.all(names.map((name) => script.run(['appendMany', file, name])))
  expect(printed).toEqual(['written\n', 'written\n', 'written\n'])
  const text = await readFile(file, 'utf8')
  for (const name of names)
    for (let index = 0; index < 10; index++) expect(text).toContain(`- name: ${name} ${index}\n`)
})

/** Root may write anything, so where the tests run as root somebody else does this part. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined

test.skipIf(process.platform === 'win32')(
  'a file or folder that may not be written is an error that names it, and stays',
  async () => {
    if (nobody) await Promise.all([dir, file].map((path) => chown(path, nobody.uid, nobody.gid)))
    await chmod(file, 0o444)
    expect(JSON.parse(await script.run(['once', file], nobody))).toEqual({
      code: 'ZU007',
      message: `Could not write "${file}": EACCES: permission denied`,
    })
    expect(await readdir(dir)).toEqual(['zato.yaml'])
    await chmod(file, 0o644)
    await chmod(dir, 0o555)
    expect(JSON.parse(await script.run(['once', file], nobody))).toMatchObject({ code: 'ZU007' })
    expect(await readFile(file, 'utf8')).toBe(start)
    await chmod(dir, 0o755)
    expect(await script.run(['once', file], nobody)).toBe('written\n')
  },
)
