import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { findProjectFile } from '../../src/project/find.js'
import { temporaryProject } from '../helpers/temporary-project.js'

test('the nearest file is found, from the working directory upwards', async () => {
  const root = await temporaryProject({ 'zato.yaml': '', 'a/zato.yaml': '', 'a/b/c/x': '', 'd/e/x': '' })
  expect(findProjectFile({ cwd: root })).toBe(join(root, 'zato.yaml'))
  expect(findProjectFile({ cwd: join(root, 'a/b/c') })).toBe(join(root, 'a/zato.yaml'))
  expect(findProjectFile({ cwd: join(root, 'd/e') })).toBe(join(root, 'zato.yaml'))
})

test('a folder of that name, or a link to itself, is passed over', async () => {
  const root = await temporaryProject({ 'zato.yaml': '', 'a/zato.yaml/x': '', 'b/x': '' })
  await symlink('zato.yaml', join(root, 'b/zato.yaml'))
  expect(findProjectFile({ cwd: join(root, 'a') })).toBe(join(root, 'zato.yaml'))
  expect(findProjectFile({ cwd: join(root, 'b') })).toBe(join(root, 'zato.yaml'))
})

test('a file may be named, or the folder that holds one', async () => {
  const root = await temporaryProject({ 'a/zato.yaml': '', 'other.yaml': '' })
  expect(findProjectFile({ cwd: root, file: 'other.yaml' })).toBe(join(root, 'other.yaml'))
  expect(findProjectFile({ cwd: root, file: 'a' })).toBe(join(root, 'a/zato.yaml'))
})

test('no file is an error that says what to do', async () => {
  const root = await temporaryProject({ 'a/x': '' })
  const error = (file?: string): unknown => {
    try {
      return findProjectFile({ cwd: join(root, 'a'), file })
    } catch (thrown) {
      return thrown
    }
  }
  expect(error('nowhere.yaml')).toBeInstanceOf(UsageError)
  expect(error('nowhere.yaml')).toMatchObject({ code: 'ZU002', hint: 'check what -c or ZATO_TS_CONFIG says' })
  expect(error()).toMatchObject({ code: 'ZU002', hint: expect.stringContaining('zato-ts init') as string })
})
