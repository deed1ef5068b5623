import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ProjectSource } from '../../src/runtime/project-source.js'
import { temporaryFolder, write } from './files.js'
import { channels, service } from './serving.js'

test('a change of services alone does not read the project file again', async () => {
  const root = await temporaryFolder({ 'zato.yaml': channels('a'), 'services/a.ts': service('a', 'return 1') })
  const file = join(root, 'zato.yaml')
  const source = new ProjectSource({ file, env: {} }, { scratch: root })
  onTestFinished(() => source.close())
  const { buildable: first } = await source.refresh()
  // If it were read, it would be found to be unreadable.
  await write(file, 'no project at all: [')
  await write(join(root, 'services/a.ts'), service('a', 'return 2'))
  const { buildable: second, problems } = await source.refresh([join(root, 'services/a.ts')])
  expect(problems).toEqual([])
  expect(second?.read).toBe(first?.read)
  expect(second?.build.bundle.hash).not.toBe(first?.build.bundle.hash)
  expect((await source.refresh([file])).problems).not.toEqual([])
})
