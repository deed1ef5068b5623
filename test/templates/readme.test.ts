import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderEnvTypes } from '../../src/project/env-types.js'
import { readProject } from '../../src/project/read.js'
import { type LinkedProject, createLinkedProject, packageRoot } from './linked-project.js'

let readme: string
let project: LinkedProject

beforeAll(async () => {
  readme = await readFile(join(packageRoot, 'README.md'), 'utf8')
  project = await createLinkedProject()
})

afterAll(() => project.remove())

/** The code of the README in one language. */
function codeIn(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? ''
}

test('the file of the README has no problem but the variable that is to be set', async () => {
  const file = join(project.dir, 'zato.yaml')
  await writeFile(file, codeIn('yaml'))
  const unset = await readProject({ file, env: {} })
  expect(unset.missing.map(({ name }) => name)).toEqual(['ORDERS_PASSWORD'])
  const set = await readProject({ file, env: { ORDERS_PASSWORD: 'correct horse' } })
  expect(set.problems).toEqual([])
  expect(set.project?.outgoingRest.map(({ name }) => name)).toEqual(['Orders API'])
})

test('the service of the README compiles', async () => {
  const connections = [{ name: 'Orders API', urlPath: '/customers/{customer_id}/orders' }]
  await writeFile(join(project.dir, 'zato-env.d.ts'), renderEnvTypes(connections))
  await writeFile(join(project.dir, 'services/sample.ts'), codeIn('ts'))
  expect(codeIn('ts')).toContain('extends Service')
  expect(await project.typeCheck()).toBe('')
})
