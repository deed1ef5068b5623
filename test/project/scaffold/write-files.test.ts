import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFiles } from '../../../src/project/scaffold/write-files.js'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'zato-ts-write-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

const hint = 'move them'

const files = [
  { path: 'a/b/one.txt', content: 'one' },
  { path: 'two.txt', content: 'two' },
]

test('files are written into a folder that did not exist', async () => {
  const dir = join(root, 'deep', 'new')
  await writeFiles(files, { dir, hint })
  expect(await readFile(join(dir, 'a/b/one.txt'), 'utf8')).toBe('one')
  expect(await readFile(join(dir, 'two.txt'), 'utf8')).toBe('two')
})

test('all files in the way are listed, and nothing is written', async () => {
  await mkdir(join(root, 'a/b'), { recursive: true })
  await writeFile(join(root, 'a/b/one.txt'), 'mine')
  await symlink('nowhere', join(root, 'two.txt'))
  await expect(writeFiles([...files, { path: 'three.txt', content: '' }], { dir: root, hint })).rejects.toMatchObject({
    code: 'ZU006',
    message: `Files are in the way in "${root}": "a/b/one.txt", "two.txt"`,
    hint,
  })
  expect(await readFile(join(root, 'a/b/one.txt'), 'utf8')).toBe('mine')
  expect(await readdir(root)).not.toContain('three.txt')
})

test('a file where a folder must be is in the way, forced or not', async () => {
  await writeFile(join(root, 'a'), 'mine')
  for (const force of [false, true]) {
    await expect(writeFiles(files, { dir: root, force, hint })).rejects.toMatchObject({
      code: 'ZU006',
      message: expect.stringMatching(/: "a"$/) as string,
    })
  }
  expect(await readFile(join(root, 'a'), 'utf8')).toBe('mine')
})

test('a file where the folder itself must be is in the way', async () => {
  const dir = join(root, 'file')
  await writeFile(dir, 'mine')
  await expect(writeFiles(files, { dir, hint })).rejects.toMatchObject({ code: 'ZU006' })
})

test('force replaces files and leaves the others alone', async () => {
  await writeFile(join(root, 'two.txt'), 'mine')
  await writeFile(join(root, 'other.txt'), 'mine')
  await writeFiles(files, { dir: root, force: true, hint })
  expect(await readFile(join(root, 'two.txt'), 'utf8')).toBe('two')
  expect(await readFile(join(root, 'other.txt'), 'utf8')).toBe('mine')
})

test('a failure half-way leaves no file and no folder behind', async () => {
  const dir = join(root, 'new')
  const tooLong = { path: `${'x'.repeat(300)}.txt`, content: '' }
  await expect(writeFiles([...files, tooLong], { dir, hint })).rejects.toMatchObject({
    code: 'ZU007',
    message: expect.stringContaining('ENAMETOOLONG') as string,
    hint: 'nothing was left behind',
  })
  expect(await readdir(root)).toEqual([])
})

test('a failure half-way gives back what was replaced', async () => {
  await writeFile(join(root, 'two.txt'), 'mine')
  const clash = [
    { path: 'three', content: '' },
    { path: 'three/below.txt', content: '' },
  ]
  await expect(writeFiles([...files, ...clash], { dir: root, force: true, hint })).rejects.toMatchObject({
    code: 'ZU007',
    hint: 'nothing was left behind',
  })
  expect(await readFile(join(root, 'two.txt'), 'utf8')).toBe('mine')
  expect(await readdir(root)).toEqual(['two.txt'])
})

test('files can be written into one new folder at the same time', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `${index}.txt`)
  await Promise.all(names.map((name) => writeFiles([{ path: `a/b/c/${name}`, content: name }], { dir: root, hint })))
  expect((await readdir(join(root, 'a/b/c'))).sort()).toEqual(names.sort())
})

test('of two that write the same file at the same time one wins, and the other leaves it alone', async () => {
  const write = (content: string) => writeFiles([{ path: 'a.txt', content }], { dir: root, hint })
  for (let round = 0; round < 20; round++) {
    const results = await Promise.allSettled([write('first'), write('second')])
    const winner = results.findIndex(({ status }) => status === 'fulfilled')
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await readFile(join(root, 'a.txt'), 'utf8')).toBe(['first', 'second'][winner])
    await rm(join(root, 'a.txt'))
  }
})

test('a path that cannot even be looked at is said to be so', async () => {
  const tooLong = { path: `${'x'.repeat(300)}.txt`, content: '' }
  await expect(writeFiles([...files, tooLong], { dir: root, hint })).rejects.toMatchObject({ code: 'ZU007' })
  expect(await readdir(root)).toEqual([])
})
