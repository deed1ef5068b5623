import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderEnvTypes } from '../../src/project/env-types.js'
import { placeholdersOf } from '../../src/project/path.js'
import { readProject } from '../../src/project/read.js'
import { type LinkedProject, createLinkedProject } from './linked-project.js'

const run = promisify(execFile)

let project: LinkedProject

beforeAll(async () => {
  project = await createLinkedProject()
})

afterAll(() => project.remove())

test('a generated project has no problem, not even a warning, with nothing set in the environment', async () => {
  const result = await readProject({ file: join(project.dir, 'zato.yaml'), env: {} })
  expect(result.problems).toEqual([])
  expect(result.missing).toEqual([])
})

test.each(['zato.yaml', 'services/stand-in/channels.yaml'])(
  'editors find the schema of %s, and it is satisfied',
  async (name) => {
    const file = join(project.dir, name)
    const text = await readFile(file, 'utf8')
    const schemaPath = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? ''
    const schema = JSON.parse(await readFile(resolve(dirname(file), schemaPath), 'utf8')) as object
    const validate = new Ajv({ strict: false }).compile(schema)
    validate(parse(text))
    expect(validate.errors).toBe(null)
  },
)

test('its upstream is the project itself, on whichever port that is', async () => {
  const file = join(project.dir, 'zato.yaml')
  const hostWith = async (env: Record<string, string>) =>
    (await readProject({ file, env })).project?.outgoingRest[0]?.host
  expect(await hostWith({})).toBe('http://127.0.0.1:11223')
  expect(await hostWith({ ZATO_TS_PORT: '9000' })).toBe('http://127.0.0.1:9000')
})

test('each path of the connection is one that a stand-in channel answers', async () => {
  const { project: read } = await readProject({ file: join(project.dir, 'zato.yaml'), env: {} })
  const paths = read?.channelRest.filter(({ service }) => service.startsWith('stand-in.')).map(({ urlPath }) => urlPath)
  expect(read?.outgoingRest.map(({ urlPath }) => urlPath)).toEqual([...new Set(paths)])
})

test('its types are those that zato-ts would write', async () => {
  const { project: read } = await readProject({ file: join(project.dir, 'zato.yaml'), env: {} })
  expect(await readFile(join(project.dir, 'zato-env.d.ts'), 'utf8')).toBe(renderEnvTypes(read?.outgoingRest ?? []))
  expect(read?.outgoingRest.flatMap(({ urlPath }) => placeholdersOf(urlPath))).toEqual(['customer_id'])
})

test('it compiles, and a misspelt connection or a missing placeholder does not', async () => {
  expect(await project.typeCheck()).toBe('')
  const wrong = join(project.dir, 'services/wrong.ts')
  await writeFile(
    wrong,
    `import { Service } from 'zato-ts'
export class Wrong extends Service {
  async handle() {
    await this.out.rest['Orders API'].conn.get(this.cid)
    await this.out.rest['Orders APY'].conn.get(this.cid, { params: { customer_id: '1' } })
  }
}
`,
  )
  const errors = await project.typeCheck()
  expect(errors).toMatch(/wrong\.ts\(4,/)
  expect(errors).toMatch(/wrong\.ts\(5,/)
  expect(errors.match(/error TS/g)).toHaveLength(2)
  await writeFile(wrong, 'export {}\n')
})

test('its own test passes', async () => {
  const { stdout } = await run('node', ['--test'], { cwd: project.dir, env: { PATH: process.env.PATH } })
  expect(stdout).toMatch(/^# pass 3$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
})
