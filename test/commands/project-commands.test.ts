import { access, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProjectTsc } from '../../src/commands/tsc.js'
import { cli, zato } from '../helpers/run-cli.js'
import { temporaryProject } from './project-folder.js'

const service = (name: string) => `
  import { Service } from 'zato-ts'
  export class A extends Service {
    static override readonly name = '${name}'
    handle() { return this.request.input }
  }`

test('init makes a project that checks clean, and says what to do next', async () => {
  const { dir } = await temporaryProject({})
  const { code, stdout, stderr } = await zato(['init', 'my shop'], { cwd: dir })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toMatch(/^✓ Created my shop \(\d+ files\)\n/)
  expect(stderr).toContain("  cd 'my shop'\n  npm install\n  npx zato-ts serve\n")
  const checked = await zato(['check', '--strict'], { cwd: join(dir, 'my shop') })
  expect(checked.code, checked.stderr).toBe(0)

  const again = await zato(['init', 'my shop'], { cwd: dir })
  expect(again.code).toBe(2)
  expect(again.stderr).toContain('error[ZU006]')
  expect((await zato(['init', 'my shop', '--force'], { cwd: dir })).code).toBe(0)
})

test('service add makes a service that loads, and with --path a channel that serves it', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml':
      'outgoing_rest:\n  - name: Orders API\n    host: https://o.example.com\n    url_path: /c/{customer_id}\n',
  })
  const added = await zato(
    ['service', 'add', 'my.api.get-orders', '--conn', 'Orders API', '--path', '/api/{customer_id}'],
    { cwd: dir },
  )
  expect(added.code, added.stderr).toBe(0)
  expect(added.stderr).toContain('Created GetOrders in services/my/api/get-orders.ts')
  expect(added.stderr).toContain('curl http://127.0.0.1:11223/api/12345')
  expect(await readFile(join(dir, 'services/my/api/get-orders.ts'), 'utf8')).toContain("'Orders API'")
  expect(await readFile(join(dir, 'zato.yaml'), 'utf8')).toContain('service: my.api.get-orders\n    method: GET')
  const routes = await zato(['routes'], { cwd: dir })
  expect(routes.stdout).toBe('GET\t/api/{customer_id}\tmy.api.get-orders\tmy.api.get-orders\t-\tactive\n')
  const checked = await zato(['check'], { cwd: dir })
  expect(checked.stderr).toBe('✓ zato.yaml: 1 connection, 1 channel, 1 service\n')
})

test('a service whose channel cannot be added is not left behind', async () => {
  const { dir } = await temporaryProject({ 'zato.yaml': 'server: { port: 0 }\n' })
  const { code } = await cli(['service', 'add', 'my.hello', '--path', 'no-slash'], { cwd: dir })
  expect(code).toBe(2)
  await expect(access(join(dir, 'services'))).rejects.toThrow('ENOENT')
})

test('check finds a channel without its service, and lists missing variables', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': `
outgoing_rest:
  - name: A
    host: \${NOWHERE_TO_BE_FOUND}
channel_rest:
  - { name: C, url_path: /c, service: helo }
`,
    'services/hello.ts': service('hello'),
  })
  const { code, stdout, stderr } = await zato(['check'], { cwd: dir })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('error[ZC203]')
  expect(stderr).toContain('did you mean "hello"?')
  expect(stderr).toContain('Missing variables: NOWHERE_TO_BE_FOUND\n')

  const json = await zato(['check', '--json'], { cwd: dir })
  expect(json.code).toBe(2)
  const document = JSON.parse(json.stdout) as { problems: { code: string; line: number }[] }
  expect(document).toMatchObject({ v: 1, ok: false, missing: [{ name: 'NOWHERE_TO_BE_FOUND', line: 4 }], services: 1 })
  expect(document.problems.map(({ code: found }) => found).sort()).toEqual(['ZC203', 'ZC205'])
})

test('check finds what keeps a connection from being called, and with -v lists the services', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': `security:
  - { name: Odd, type: apikey, header: 'X Odd', password: a-long-secret }
  - { name: Off, type: apikey, password: a-long-secret, is_active: false }
outgoing_rest:
  - { name: No file, host: 'https://a.test', tls_ca: nowhere.pem }
  - { name: No certificate, host: 'https://a.test', tls_ca: zato.yaml }
  - { name: Odd header, host: 'https://a.test', security: Odd }
  - { name: Inactive, host: 'https://a.test', tls_ca: nowhere.pem, is_active: false }
  - { name: Good, host: 'https://a.test' }
`,
    'services/hello.ts': service('hello'),
  })
  const { code, stderr } = await zato(['check', '-v'], { cwd: dir })
  expect(code).toBe(2)
  expect(stderr).toContain('Cannot call "No file": its tls_ca')
  expect(stderr).toContain('Cannot call "No certificate": its tls_ca')
  expect(stderr).toContain('Cannot call "Odd header": the credentials "Odd" cannot be sent')
  expect(stderr).toContain('zato.yaml:7:')
  expect(stderr).toMatch(/\n3 errors\n {2}service hello\n$/)
})

test('a service that does not compile is one problem, and its channels are not called misspelt', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'channel_rest:\n  - { name: C, url_path: /c, service: hello }\n',
    'services/hello.ts': 'export class {',
  })
  const { code, stderr } = await zato(['check'], { cwd: dir })
  expect(code).toBe(2)
  expect(stderr).toContain('error[ZS101]')
  expect(stderr).toContain('services/hello.ts:1:14')
  expect(stderr).toMatch(/\n1 error\n$/)
})

test('warnings fail with --strict only', async () => {
  const { dir } = await temporaryProject({ 'zato.yaml': 'sql: []\n' })
  const plain = await zato(['check'], { cwd: dir })
  expect(plain.code).toBe(0)
  expect(plain.stderr).toContain('warning[ZC302]')
  expect((await zato(['check', '--strict'], { cwd: dir })).code).toBe(2)
})

test('check --types runs the compiler of the project itself', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'server: { port: 0 }\n',
    'tsconfig.json':
      '{"compilerOptions": {"strict": true, "noEmit": true, "types": [], "skipLibCheck": true}, "files": ["a.ts"]}',
    'a.ts': "export const a: number = 'text'\n",
  })
  await mkdir(join(dir, 'node_modules'))
  await symlink(
    fileURLToPath(new URL('../../node_modules/typescript', import.meta.url)),
    join(dir, 'node_modules/typescript'),
  )
  const wrong = await zato(['check', '--types'], { cwd: dir })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('a.ts(1,14): error TS2322')
  expect(wrong.stderr).toMatch(/✓ zato\.yaml: .*\n✕ Types: 1 error\n$/)
  await writeFile(join(dir, 'a.ts'), 'export const a: number = 1\n')
  expect(await zato(['check', '--types'], { cwd: dir })).toMatchObject({ code: 0 })
})

test('a project without a compiler is told how to get one', async () => {
  // At the root no folder stands above that could have one.
  const checked = runProjectTsc(parse(process.cwd()).root, new AbortController().signal)
  await expect(checked).rejects.toMatchObject({ code: 'ZU001', hint: 'npm install --save-dev typescript' })
})

test('types writes zato-env.d.ts, and leaves it alone when it is up to date', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'outgoing_rest:\n  - { name: A, host: https://a.example.com, url_path: "/{id}" }\n',
  })
  expect((await cli(['types'], { cwd: dir })).stderr).toBe('✓ Wrote zato-env.d.ts\n')
  expect(await readFile(join(dir, 'zato-env.d.ts'), 'utf8')).toContain("'A': 'id'")
  expect((await cli(['types'], { cwd: dir })).stderr).toBe('✓ zato-env.d.ts is up to date\n')
})

test('schema prints JSON Schema', async () => {
  const { code, stdout } = await cli(['schema'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: expect.stringContaining('json-schema.org') as string,
    type: 'object',
  })
})

test('invoke gives payload and parameters to the service, and its log to stderr', async () => {
  const { dir } = await temporaryProject({
    'zato.yaml': 'server: { port: 0 }\n',
    'services/echo.ts': service('echo').replace('return', "this.logger.info('here'); return"),
  })
  const plain = await zato(['invoke', 'echo', '--params', 'a=1', '-d', '{"b": [2]}'], { cwd: dir })
  expect(plain).toMatchObject({ code: 0, stdout: '{"b":[2],"a":"1"}' })
  expect(plain.stderr).toMatch(/^\d\d:\d\d:\d\d info {2}echo: here {2}[0-9a-f]{8}\n$/)
  const json = await zato(['invoke', 'echo', '-d', '-', '--json'], { cwd: dir, stdin: '{"c": 3}' })
  expect(json.stderr).toBe('')
  expect(JSON.parse(json.stdout)).toMatchObject({ v: 1, status: 200, payload: { c: 3 }, logs: [{ message: 'here' }] })
})

test('a command that was started in a folder that is gone says so', async () => {
  const { dir } = await temporaryProject({})
  await mkdir(join(dir, 'gone'))
  const script = `rmdir ../gone; exec "$0" "$1" conn list`
  const { spawnSync } = await import('node:child_process')
  const binary = fileURLToPath(new URL('../../bin/zato-ts.js', import.meta.url))
  const ended = spawnSync('sh', ['-c', script, process.execPath, binary], { cwd: join(dir, 'gone'), encoding: 'utf8' })
  await rm(join(dir, 'gone'), { recursive: true, force: true })
  expect(ended.status).toBe(2)
  expect(ended.stderr).toContain('error[ZU001]: The working directory does not exist any more')
})
