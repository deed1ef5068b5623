import { expect, test } from 'vitest'
import { cli, zato } from '../helpers/run-cli.js'
import { temporaryProject } from './project-folder.js'

/** What a newcomer gets wrong, and what is said then: what, where, and what to do. */

const service = (body: string, head = '') => `import { Service } from 'zato-ts'
${head}
export class A extends Service {
  static override readonly name = 'a'
  async handle() {
    ${body}
  }
}
`

test('a key that stands twice is named', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'outgoing_rest:\n  - name: A\n    host: http://a.example.com\n    host: http://b.example.com\n',
  })
  const { code, stderr } = await cli(['check'], { cwd: dir })
  expect(code).toBe(2)
  expect(stderr).toContain('error[ZC004]: The key "host" stands in this mapping already\n --> zato.yaml:4:5\n')
  expect(stderr).toContain('4 |     host: http://b.example.com\n  |     ^^^^\n')
})

test('a segment in the way of other frameworks is a warning, and is text all the same', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'channel_rest:\n  - name: A\n    url_path: /orders/:id/x\n    service: a\n',
    'services/a.ts': service('return 1'),
  })
  const { code, stderr } = await cli(['check'], { cwd: dir })
  expect(code).toBe(0)
  expect(stderr).toContain('warning[ZC306]: ":id" is text, and no placeholder\n --> zato.yaml:3:23\n')
  expect(stderr).toContain('hint  write {id}')
  const verb = await temporaryProject({
    'zato.yaml': 'outgoing_rest:\n  - { name: A, host: http://a.example.com, url_path: "/orders/{id}:cancel" }\n',
  })
  expect((await cli(['check', '--strict'], { cwd: verb.dir })).code).toBe(0)
})

test('--env without a file of that name is a warning', async () => {
  const { dir } = await temporaryProject({ 'zato.yaml': '', '.env.staging': 'A=1\n' })
  const { code, stderr } = await cli(['check', '--env', 'stagng'], { cwd: dir })
  expect(code).toBe(0)
  expect(stderr).toContain('warning[ZC304]: There is neither .env.stagng nor .env.stagng.local')
  expect((await cli(['check', '--env', 'staging'], { cwd: dir })).stderr).not.toContain('warning')
})

test('a package that is not installed is one to install, and a file that is not there is none', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': '',
    'services/a.ts': service('return x', `import x from '@scope/thing/part'`),
    'services/b.ts': `import y from './nowhere.js'\nexport { y }\n`,
  })
  const { code, stderr } = await cli(['check'], { cwd: dir })
  expect(code).toBe(2)
  expect(stderr).toContain('npm install @scope/thing; a file of your own starts with "./" or "../"')
  expect(stderr).toContain('Could not resolve "./nowhere.js"')
  expect(stderr.match(/hint/g)).toHaveLength(1)
})

test('an export that a package does not have is told by the name of the package', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': '',
    'services/a.ts': service('return HttpStatuss', `import { HttpStatuss } from 'zato-ts'`),
    'services/b.ts': service('return nothing', `import { nothing } from 'thing'`).replace(`'a'`, `'b'`),
    'node_modules/thing/package.json': '{"name": "thing", "type": "module", "main": "index.js"}',
    'node_modules/thing/index.js': 'export const something = 1\n',
  })
  const own = (await zato(['check'], { cwd: dir })).stderr
  expect(own).toMatch(/error\[ZS102\]: A service module fails while it loads: there is no "\w+" in "(zato-ts|thing)"\n/)
  expect(own).not.toContain('file://')
})

test('a class that cannot be a service is shown where it stands', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': '',
    'services/a.ts': service('return 1').replace('async handle() {', 'handle = async () => {'),
  })
  expect((await zato(['check'], { cwd: dir })).stderr).toContain(
    " --> services/a.ts:5:3\n3 | export class A extends Service {\n4 |   static override readonly name = 'a'\n5 |   handle = async () => {\n  |   ^\n",
  )
  const twice = await temporaryProject({
    'zato.yaml': '',
    'services/a.ts': service('return 1'),
    'services/b.ts': service('return 2'),
  })
  expect((await zato(['check'], { cwd: twice.dir })).stderr).toContain(' --> services/b.ts:3:1\n')
})

test('where there is no service at all, that is said', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'channel_rest:\n  - { name: A, url_path: /a, service: a }\n',
    'services/a.ts': service('return 1').replace('export class', 'class'),
  })
  expect((await zato(['check'], { cwd: dir })).stderr).toContain(
    'hint  no file in "services" exports a class that extends Service and has a method "handle"\n',
  )
})

test('text that YAML reads on into is to be put in quotes', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'outgoing_rest:\n  - name: Orders: API\n    host: http://a.example.com\n',
    'flow.yaml': 'channel_rest:\n  - {name: A, url_path: /a/{x}, service: b}\n',
    'unit.yaml': 'outgoing_rest:\n  - name: A\n    host: http://a.example.com\n    timeout: 30s\n',
  })
  expect((await cli(['check'], { cwd: dir })).stderr).toContain('hint  put a value that holds ": " in quotes\n')
  const flow = await cli(['check', '-c', 'flow.yaml'], { cwd: dir })
  expect(flow.stderr).toContain('hint  inside { }, put a value that holds { } or [ ] in quotes\n')
  expect((await cli(['check', '-c', 'unit.yaml'], { cwd: dir })).stderr).toContain('hint  write 30\n')
})

test('options in the place of the payload are told', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'outgoing_rest:\n  - { name: A, host: http://a.example.com, url_path: "/orders/{id}" }\n',
    'services/a.ts': service(`return this.out.rest['A'].conn.post(this.cid, { data: 1, params: { id: 1 } })`),
  })
  const { code, stderr } = await zato(['invoke', 'a'], { cwd: dir })
  expect(code).toBe(2)
  expect(stderr).toMatch(/\n {2}hint {2}"params" stands in the payload: options are the third argument\n$/)
})

test('a mistake in a service is told with the line of its author, and no line of ours', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': '',
    'services/a.ts': service('return (undefined as unknown as { x: number }).x'),
  })
  const { stderr } = await zato(['invoke', 'a'], { cwd: dir })
  const [line, frame, last, ...rest] = stderr.split('\n')
  expect(line).toMatch(/ error a: The service threw TypeError: Cannot read prop.* \{"code":"ZS500"\} {2}[0-9a-f]{8}$/)
  expect(frame).toMatch(/^ {6}at A\.handle \(.*services\/a\.ts:6:\d+\)$/)
  expect(last).toBe('error[ZS500]: The service "a" threw')
  expect(rest).toEqual([''])
})

test('what does not match a schema is said once', async () => {
  const schema = `const input = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no order', path: ['id'] }] }) } } as const`
  const { dir } = await temporaryProject({
    'zato.yaml': '',
    'services/a.ts': service('return 1', schema).replace('static override', 'static input = input\n  static override'),
  })
  const { code, stderr } = await zato(['invoke', 'a'], { cwd: dir })
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: 'error[ZS301]: The input does not match the input schema of "a": /id: no order\n',
  })
})
