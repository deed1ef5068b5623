import { readFile, rename, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { write } from './files.js'
import { type Serving, channels, serveProject, service } from './serving.js'
import { never, until } from './until.js'

const version = (n: number | string) => service('a', `return 'version ${n}'`)

test('a saved service answers the next request', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  expect(await project.get('/a')).toBe('version 1')
  await project.write('services/a.ts', version(2))
  await project.answers('/a', 'version 2')
  const { files, ms } = await project.event('reloaded')
  expect(files).toEqual([join(project.root, 'services/a.ts')])
  expect(ms).toBeGreaterThan(0)
})

test('no request fails and none is stale under a steady stream of requests across ten reloads', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(0) })
  const answers: string[] = []
  const statuses = new Set<number>()
  let isOver = false
  const ask = async () => {
    while (!isOver) {
      const response = await project.fetch('/a')
      statuses.add(response.status)
      answers.push(await response.text())
    }
  }
  const askers = [ask(), ask(), ask(), ask()]
  for (let n = 1; n <= 10; n++) {
    await project.write('services/a.ts', version(n))
    await until(() => answers.includes(`version ${n}`))
  }
  isOver = true
  await Promise.all(askers)
  expect([...statuses]).toEqual([200])
  for (let n = 1; n <= 10; n++) {
    const first = answers.indexOf(`version ${n}`)
    // Answers that were under way when the new code first answered may arrive after it, one from each other asker.
    const stale = answers.slice(first).filter((answer) => answer === `version ${n - 1}`)
    expect(stale.length).toBeLessThan(askers.length)
  }
})

test('a request that is slow is answered by the code that it began with', async () => {
  const slow = (n: number) =>
    service(
      'a',
      `this.logger.info('begun')
       const start = Date.now()
       while (!process.env.STOP && Date.now() - start < ${n === 1 ? 700 : 0}) await new Promise((resolve) => setTimeout(resolve, 10))
       return 'version ${n}'`,
    )
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': slow(1) })
  const first = project.get('/a')
  await until(() => project.logs.some(({ message }) => message === 'begun'))
  await project.write('services/a.ts', slow(2))
  await project.event('reloaded')
  expect(await project.get('/a')).toBe('version 2')
  expect(await first).toBe('version 1')
})

test('code that does not compile leaves the last good version serving, and the next good save recovers', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write('services/a.ts', `${version(2)}\nconst broken = = 1\n`)
  const { problems } = await project.event('problems')
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({
    code: 'ZS101',
    file: join(project.root, 'services/a.ts'),
    line: 9,
    column: 16,
    scope: 'project',
    severity: 'error',
  })
  expect(problems[0]?.frame).toContain(' 9 | const broken = = 1\n   |                ^')
  expect(await project.get('/a')).toBe('version 1')
  await project.write('services/a.ts', version(3))
  await project.event('recovered')
  expect(await project.get('/a')).toBe('version 3')
})

test('a module that throws while it loads leaves the last good version serving, and says where', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write(
    'services/b.ts',
    `interface Gone { x: 1 }\n\nconst table = undefined as unknown as { size: number }\nexport const n = table.size\n`,
  )
  const { problems } = await project.event('problems')
  expect(problems[0]).toMatchObject({ code: 'ZS102', file: join(project.root, 'services/b.ts'), line: 4, column: 24 })
  expect(problems[0]?.message).toContain("Cannot read properties of undefined (reading 'size')")
  expect(await project.get('/a')).toBe('version 1')
  await project.remove('services/b.ts')
  await project.event('recovered')
})

test('an import of a name that a package lacks says where', async () => {
  const project = await serveProject({
    'zato.yaml': channels('a'),
    'services/a.ts': version(1),
    'node_modules/p/package.json': '{"type":"module","main":"index.js"}',
    'node_modules/p/index.js': 'export const y = 1',
  })
  await project.write('services/b.ts', `export const one = 1\n\nimport { x } from 'p'\nexport { x }\n`)
  const { problems } = await project.event('problems')
  expect(problems[0]).toMatchObject({ code: 'ZS102', file: join(project.root, 'services/b.ts'), line: 3 })
})

test('two services of one name leave the last good version serving', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write('services/b.ts', version(2))
  const { problems } = await project.event('problems')
  expect(problems[0]).toMatchObject({ code: 'ZS103', scope: 'project' })
  expect(await project.get('/a')).toBe('version 1')
})

test('an import of a file that does not exist heals when the file is made', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write('services/a.ts', `import { n } from '../lib/n.js'\n${service('a', 'return String(n)')}`)
  await project.event('problems')
  await project.write('lib/n.ts', 'export const n: number = 7')
  await project.answers('/a', '7')
})

test('a file outside of the services folder is watched once a service imports it', async () => {
  const project = await serveProject({
    'zato.yaml': channels('a'),
    'lib/n.ts': 'export const n: number = 1',
    'services/a.ts': `import { n } from '../lib/n.js'\n${service('a', 'return String(n)')}`,
  })
  await project.answers('/a', '1')
  await project.write('lib/n.ts', 'export const n: number = 2')
  await project.answers('/a', '2')
})

test('a service that is new and one that is gone are noticed', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a', 'b'), 'services/a.ts': version(1) })
  const { problems } = await project.event('problems')
  expect(problems[0]).toMatchObject({ code: 'ZC203' })
  expect((await project.fetch('/b')).status).toBe(500)
  await project.write('services/deep/b.ts', service('b', `return 'here'`))
  await project.answers('/b', 'here')
  await project.event('problems', ({ problems }) => problems.length === 0)
  await project.remove('services/deep/b.ts')
  await until(async () => (await project.fetch('/b')).status === 500)
})

test('a channel that zato.yaml gains is served, and one that it loses is not', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  expect((await project.fetch('/more')).status).toBe(404)
  await project.write('zato.yaml', 'channel_rest: [{ name: More, url_path: /more, service: a }]')
  await project.answers('/more', 'version 1')
  expect((await project.fetch('/a')).status).toBe(404)
})

test('a zato.yaml with a problem leaves the last good version serving', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write('zato.yaml', `${channels('a')}\nservers: {}\n`)
  const { problems } = await project.event('problems')
  expect(problems[0]).toMatchObject({ code: 'ZC101', file: join(project.root, 'zato.yaml'), line: 4 })
  expect(await project.get('/a')).toBe('version 1')
  await project.write('zato.yaml', channels('a'))
  await project.event('recovered')
})

test('values of .env are those of the services, also when the file is new or changes', async () => {
  const project = await serveProject({
    'zato.yaml': channels('a'),
    'services/a.ts': service('a', `return [process.env.GREETING, this.environ.GREETING].join()`),
  })
  expect(await project.get('/a')).toBe(',')
  await project.write('.env', 'GREETING=hello\n')
  await project.answers('/a', 'hello,hello')
  await project.write('.env', 'GREETING=hi\n')
  await project.answers('/a', 'hi,hi')
})

test('a time zone in .env is that of the services', async () => {
  const project = await serveProject({
    'zato.yaml': channels('a'),
    'services/a.ts': service('a', `return String(new Date(0).getHours())`),
    '.env': 'TZ=Asia/Tokyo\n',
  })
  expect(await project.get('/a')).toBe('9')
  await project.write('.env', 'TZ=UTC\n')
  await project.answers('/a', '0')
})

test('an included file is watched', async () => {
  const project = await serveProject({
    'zato.yaml': 'include: [more.yaml]',
    'more.yaml': channels('a'),
    'services/a.ts': version(1),
  })
  expect(await project.get('/a')).toBe('version 1')
  await project.write('more.yaml', 'channel_rest: [{ name: More, url_path: /more, service: a }]')
  await project.answers('/more', 'version 1')
})

test('a change that alters nothing loads nothing', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write('services/a.ts', version(1))
  await utimes(join(project.root, 'zato.yaml'), new Date(), new Date())
  await project.write('zato.yaml', `# A comment\n${channels('a')}`)
  await project.write('services/notes.md', 'Notes')
  await reloadsOnceMore(project, 0)
})

test.each([
  [
    'in two halves',
    async (file: string, text: string) => {
      await write(file, text.slice(0, 20))
      await sleep(3)
      await write(file, text)
    },
  ],
  [
    'by writing another and renaming it',
    async (file: string, text: string) => {
      await write(`${file}.tmp`, text)
      await rename(`${file}.tmp`, file)
    },
  ],
  [
    'by moving the old one away first',
    async (file: string, text: string) => {
      await rename(file, `${file}~`)
      await sleep(20)
      await write(file, text)
    },
  ],
  [
    'emptied first',
    async (file: string, text: string) => {
      await write(file, '')
      await sleep(20)
      await write(file, text)
    },
  ],
])('a file that an editor saves %s is served as it is in the end', async (_, save) => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(0) })
  for (let n = 1; n <= 3; n++) {
    await save(join(project.root, 'services/a.ts'), version(n))
    await project.answers('/a', `version ${n}`)
  }
  expect(project.eventsOf('request').map(({ statusCode }) => statusCode)).not.toContain(500)
})

test('of twenty saves in a row the last is served', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(0) })
  for (let n = 1; n <= 20; n++) await project.write('services/a.ts', version(n))
  await project.answers('/a', 'version 20')
  // Nor does something older come back.
  await never(async () => (await project.get('/a')) !== 'version 20', 200)
})

test('a hundred files that change together are served together', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `s${index}`)
  const files = (n: number) =>
    names.map((name) => [`services/${name}.ts`, service(name, `return '${name} ${n}'`)] as const)
  const project = await serveProject({ 'zato.yaml': channels(...names), ...Object.fromEntries(files(1)) })
  await Promise.all(files(2).map(([path, text]) => project.write(path, text)))
  await Promise.all(names.map((name) => project.answers(`/${name}`, `${name} 2`)))
})

test('a start with services that do not compile opens the port, says why, and heals', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': 'export const = 1' })
  const response = await project.fetch('/a')
  expect(response.status).toBe(503)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({
    status: 503,
    detail: expect.stringContaining('services/a.ts:1:14') as string,
  })
  await project.write('services/a.ts', version(1))
  await project.answers('/a', 'version 1')
  await project.event('recovered')
})

test('a start with an unreadable zato.yaml opens its port, says why on every path, and heals', async () => {
  const project = await serveProject({ 'zato.yaml': 'chanel_rest: []\n', 'services/a.ts': version(1) })
  for (const path of ['/', '/any/path?x=1']) {
    const response = await project.fetch(path, { method: 'POST', body: '{}' })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('zato.yaml:1:1') as string })
  }
  expect(project.server.project).toBeUndefined()
  await project.write('zato.yaml', channels('a'))
  await project.answers('/a', 'version 1')
  expect(project.server.project?.channelRest).toHaveLength(1)
})

test('another port in zato.yaml moves the listener', async () => {
  const project = await serveProject(
    { 'zato.yaml': `server: { port: 0 }\n${channels('a')}`, 'services/a.ts': version(1) },
    { port: undefined },
  )
  const before = project.server.port
  const free = await serveProject({ 'zato.yaml': '' })
  const { port } = free.server
  await free.server.close()
  await project.write('zato.yaml', `server: { port: ${port} }\n${channels('a')}`)
  await project.event('moved')
  expect(project.server.port).toBe(port)
  expect(await project.get('/a')).toBe('version 1')
  await expect(fetch(`http://127.0.0.1:${before}/a`)).rejects.toThrow()
})

test('the types of the connections are written when they change, and that reloads nothing', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await project.write('zato.yaml', `${channels('a')}outgoing_rest: [{ name: Tea API, host: 'http://127.0.0.1:1' }]\n`)
  await until(async () =>
    (await readFile(join(project.root, 'zato-env.d.ts'), 'utf8').catch(() => '')).includes('Tea API'),
  )
  await reloadsOnceMore(project, 1)
})

test('a reload that is asked for loads anew what has not changed', async () => {
  const project = await serveProject({
    'zato.yaml': channels('a'),
    'services/a.ts': `const loadedAt = process.hrtime.bigint()\n${service('a', 'return String(loadedAt)')}`,
  })
  const before = await project.get('/a')
  await project.server.reload()
  expect(await project.get('/a')).not.toBe(before)
})

test('polling notices a change too', async () => {
  const project = await serveProject({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) }, { poll: true })
  await project.write('services/a.ts', version(22))
  await project.answers('/a', 'version 22')
})

/** Changes are dealt with in order: once one more is served, those before it have been looked at, and have reloaded nothing. */
async function reloadsOnceMore(project: Serving, before: number): Promise<void> {
  await project.write('services/marker.ts', service('marker', 'return 1'))
  await until(() => project.eventsOf('reloaded').some(({ files }) => files.some((file) => file.endsWith('marker.ts'))))
  expect(project.eventsOf('reloaded')).toHaveLength(before + 1)
}
