import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProject, packageName } from '../../../src/project/scaffold/create-project.js'
import { version } from '../../../src/version.js'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'zato-ts-init-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

const everyFile = [
  '.env.example',
  '.gitignore',
  'README.md',
  'package.json',
  'services/my/api/create-order.ts',
  'services/my/api/get-customer-orders.ts',
  'services/stand-in/channels.yaml',
  'services/stand-in/create-order.ts',
  'services/stand-in/list-orders.ts',
  'test/orders.test.js',
  'tsconfig.json',
  'zato-env.d.ts',
  'zato.yaml',
]

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort()
}

test('a project is made in a folder that does not exist, and its files are listed', async () => {
  const dir = join(root, 'new', 'shop')
  expect(await createProject({ dir })).toEqual({ dir, files: everyFile })
  expect(await filesIn(dir)).toEqual(everyFile)
})

test('the package takes its name from the folder and depends on this version of zato-ts', async () => {
  const { dir } = await createProject({ dir: join(root, 'My Shop') })
  const manifest = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(manifest).toMatchObject({ name: 'my-shop', private: true, dependencies: { 'zato-ts': `^${version}` } })
  expect(await readFile(join(dir, 'README.md'), 'utf8')).toMatch(/^# my-shop\n/)
})

test('secrets and dependencies are ignored by git, the example of an environment is not', async () => {
  const { dir } = await createProject({ dir: root })
  const lines = (await readFile(join(dir, '.gitignore'), 'utf8')).split('\n')
  expect(lines).toEqual(expect.arrayContaining(['node_modules/', '.zato/', '.env', '.env.*', '!.env.example']))
})

test('a folder that holds other files only, such as .git, is no obstacle', async () => {
  await mkdir(join(root, '.git'))
  await writeFile(join(root, '.git', 'HEAD'), 'ref: refs/heads/main\n')
  await writeFile(join(root, 'LICENSE'), 'mine')
  await createProject({ dir: root })
  expect(await filesIn(root)).toEqual([...everyFile, '.git/HEAD', 'LICENSE'].sort())
})

test('files in the way are listed and kept; with force they are replaced', async () => {
  await writeFile(join(root, 'zato.yaml'), 'mine')
  await writeFile(join(root, 'package.json'), 'mine')
  await expect(createProject({ dir: root })).rejects.toMatchObject({
    code: 'ZU006',
    message: `Files are in the way in "${root}": "package.json", "zato.yaml"`,
    hint: 'choose another folder, or replace them with --force',
  })
  expect(await filesIn(root)).toEqual(['package.json', 'zato.yaml'])
  await createProject({ dir: root, force: true })
  expect(await readFile(join(root, 'zato.yaml'), 'utf8')).toContain('outgoing_rest:')
})

test('a folder that is a file is in the way', async () => {
  const dir = join(root, 'shop')
  await writeFile(dir, 'mine')
  await expect(createProject({ dir })).rejects.toMatchObject({
    code: 'ZU006',
    message: `A file is in the way in "${dir}": "${dir}"`,
  })
})

test.each([
  ['shop', 'shop'],
  ['My Shop', 'my-shop'],
  ['.hidden', 'hidden'],
  ['Bücher & Co.', 'b-cher-co.'],
  ['---', 'zato-project'],
  ['', 'zato-project'],
  ['x'.repeat(300), 'x'.repeat(214)],
])('the folder %j makes the package name %j', (folder, name) => {
  expect(packageName(folder)).toBe(name)
})
