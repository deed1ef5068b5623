import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { targetOf, writeAtomically } from '../../src/project/atomic.js'

let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atomic-'))
  file = join(dir, 'file.txt')
})
afterEach(() => rm(dir, { recursive: true }))

test('makes a file with the mode that is asked for', async () => {
  await writeAtomically({ file, text: 'secret', mode: 0o600 })
  expect(await readFile(file, 'utf8')).toBe('secret')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(dir)).toEqual(['file.txt'])
})

test('replaces a file whole, by another one that keeps its mode', async () => {
  await writeFile(file, 'old')
  await chmod(file, 0o640)
  const other = join(dir, 'other')
  await link(file, other)
  await writeAtomically({ file, text: 'new', mode: 0o600 })
  expect(await readFile(file, 'utf8')).toBe('new')
  expect((await stat(file)).mode & 0o777).toBe(0o640)
  expect(await readFile(other, 'utf8')).toBe('old')
})

test('writes to the end of a chain of symbolic links, also where nothing is yet', async () => {
  await mkdir(join(dir, 'real'))
  await symlink('real/target', join(dir, 'link'))
  await symlink('link', file)
  for (const text of ['first', 'second']) {
    await writeAtomically({ file, text })
    expect(await readFile(join(dir, 'real/target'), 'utf8')).toBe(text)
  }
  expect((await lstat(file)).isSymbolicLink()).toBe(true)
  expect(await targetOf(file)).toBe(await targetOf(join(dir, 'real/target')))
})

test('a file that no longer holds what was expected is not replaced', async () => {
  await writeFile(file, 'theirs')
  const error = { code: 'ZU005', message: `"${await targetOf(file)}" was changed meanwhile` }
  await expect(writeAtomically({ file, text: 'ours', expected: 'old' })).rejects.toMatchObject(error)
  await expect(writeAtomically({ file, text: 'ours', expected: undefined })).rejects.toMatchObject(error)
  expect(await readFile(file, 'utf8')).toBe('theirs')
  expect(await readdir(dir)).toEqual(['file.txt'])
  await writeAtomically({ file, text: 'ours', expected: 'theirs' })
  await rm(file)
  await expect(writeAtomically({ file, text: 'ours', expected: 'theirs' })).rejects.toMatchObject(error)
  await writeAtomically({ file, text: 'ours', expected: undefined })
  expect(await readFile(file, 'utf8')).toBe('ours')
})

test('what cannot be written is an error that names file and reason, and leaves nothing behind', async () => {
  await mkdir(file)
  await expect(writeAtomically({ file, text: '' })).rejects.toMatchObject({
    code: 'ZU007',
    message: `Could not write "${file}": it is no regular file`,
  })
  const absent = join(dir, 'absent/file.txt')
  await expect(writeAtomically({ file: absent, text: '' })).rejects.toMatchObject({
    code: 'ZU007',
    message: `Could not write "${absent}": ENOENT: no such file or directory`,
  })
  const tooLong = join(dir, 'x'.repeat(256))
  await expect(writeAtomically({ file: tooLong, text: '' })).rejects.toMatchObject({
    code: 'ZU007',
    message: expect.stringContaining('ENAMETOOLONG') as string,
  })
  expect(await readdir(dir)).toEqual(['file.txt'])
})

test('the longest possible name can be written', async () => {
  const longest = join(dir, 'x'.repeat(255))
  await writeAtomically({ file: longest, text: 'a' })
  await writeAtomically({ file: longest, text: 'b', expected: 'a' })
  expect(await readFile(longest, 'utf8')).toBe('b')
})

test('what a killed writer left behind is removed once it is old, and nothing else', async () => {
  const [old, young] = ['.file.txt.0123456789ab.tmp', '.file.txt.ba9876543210.tmp']
  const others = ['.file.txt.tmp', '.file.txt.0123456789ab', '.other.txt.0123456789ab.tmp']
  const longAgo = new Date(Date.now() - 120_000)
  for (const name of [old, young, ...others]) await writeFile(join(dir, name), '')
  for (const name of [old, ...others]) await utimes(join(dir, name), longAgo, longAgo)
  await writeAtomically({ file, text: '' })
  expect((await readdir(dir)).sort()).toEqual([...others, young, 'file.txt'].sort())
})
