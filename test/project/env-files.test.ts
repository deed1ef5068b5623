import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadEnvironment } from '../../src/project/env-files.js'
import { temporaryProject } from '../helpers/temporary-project.js'

async function load(text: string, env: Record<string, string> = {}) {
  return loadEnvironment(await temporaryProject({ '.env': text }), { env })
}

test('later files win over earlier ones, and the real environment over all', async () => {
  const folder = await temporaryProject({
    '.env': 'A=1\nB=1\nC=1\nD=1\nE=1\n',
    '.env.local': 'B=2\nC=2\nD=2\nE=2\n',
    '.env.test': 'C=3\nD=3\nE=3\n',
    '.env.test.local': 'D=4\nE=4\n',
  })
  const { environment, files } = await loadEnvironment(folder, { env: { E: 'real', F: undefined }, name: 'test' })
  expect(environment).toEqual({ A: '1', B: '2', C: '3', D: '4', E: 'real' })
  expect(files).toEqual(['.env', '.env.local', '.env.test', '.env.test.local'].map((name) => join(folder, name)))
})

test('a real variable that is empty wins too', async () => {
  expect((await load('A=1\n', { A: '' })).environment).toEqual({ A: '' })
})

test('files that are absent are looked for, and no problem', async () => {
  const { environment, files, unreadable } = await loadEnvironment(await temporaryProject({}), { env: {} })
  expect([environment, files.length, unreadable]).toEqual([{}, 2, []])
})

test('quoted values take several lines, and nothing in them is a bad line', async () => {
  const { environment, badLines } = await load('A="one\ntwo words\n"\nB=\'x\ny = z\'\nC=3\n')
  expect(environment).toEqual({ A: 'one\ntwo words\n', B: 'x\ny = z', C: '3' })
  expect(badLines).toEqual([])
})

test('lines that are no assignment are told with their number', async () => {
  const { badLines } = await load('# a comment\n\nA=1\nnot one\nexport B=2\n9C=1\n')
  expect(badLines.map(({ line }) => line)).toEqual([4, 6])
})

test('a quote that nothing closes does not hide the bad lines after it', async () => {
  const { environment, badLines } = await load('A="open\nB=2\nnot one\n')
  expect(environment).toMatchObject({ A: '"open', B: '2' })
  expect(badLines.map(({ line }) => line)).toEqual([3])
})

test('a byte order mark is no part of the first name', async () => {
  const { environment, badLines } = await load('\uFEFFA=1\r\nB=2\r\n')
  expect([environment, badLines]).toEqual([{ A: '1', B: '2' }, []])
})

test('a file that is there and cannot be read is told', async () => {
  const folder = await temporaryProject({})
  await mkdir(join(folder, '.env'))
  const { unreadable } = await loadEnvironment(folder, { env: {} })
  expect(unreadable).toEqual([{ file: join(folder, '.env'), reason: 'it is a folder' }])
})
