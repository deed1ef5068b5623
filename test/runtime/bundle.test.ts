import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished, expect, test } from 'vitest'
import { Bundler } from '../../src/runtime/bundle.js'
import { temporaryFolder, write } from './files.js'

interface Row {
  readonly file: string
  readonly name: string
  readonly exports: Record<string, unknown>
}

/** Past the test runner, which has import rules of its own. */
async function importNatively(url: string): Promise<{ default: Row[] }> {
  const native = 'data:text/javascript,export const load = (url) => import(url)'
  const { load } = (await import(native)) as { load: (url: string) => Promise<{ default: Row[] }> }
  return load(url)
}

function bundlerFor(root: string): Bundler {
  const project = { root, server: { services: join(root, 'services') }, secrets: [], secretNames: [], secretPaths: [] }
  const bundler = new Bundler(project, { scratch: root })
  onTestFinished(() => bundler.close())
  return bundler
}

/** Builds the services below `root` and runs their modules. */
async function load(root: string, bundler = bundlerFor(root)): Promise<Row[]> {
  const { bundle, problems } = await bundler.build()
  expect(problems).toEqual([])
  const file = join(await temporaryFolder(), 'bundle.mjs')
  await write(file, Buffer.from(bundle?.code ?? []).toString())
  const { default: rows } = await importNatively(pathToFileURL(file).href)
  return rows
}

/** What the function `run` of the first service file returns. */
async function run(files: Readonly<Record<string, string>>): Promise<unknown> {
  const [row] = await load(await temporaryFolder(files))
  return (row?.exports.run as () => unknown)()
}

test('every source file below the folder is a module, and nothing else is', async () => {
  const root = await temporaryFolder({
    'services/a.ts': 'export const x = 1',
    'services/b.mts': 'export const x = 2',
    'services/c.js': 'export const x = 3',
    'services/billing/get-invoice.mjs': 'export const x = 4',
    'services/a.test.ts': 'throw new Error("A test")',
    'services/b.spec.js': 'throw new Error("A test")',
    'services/__tests__/d.ts': 'throw new Error("A test")',
    'services/types.d.ts': 'export const x: number',
    'services/.hidden.ts': 'throw new Error("Hidden")',
    'services/.cache/e.ts': 'throw new Error("Hidden")',
    'services/node_modules/p/index.js': 'throw new Error("A package")',
    'services/f.cjs': 'throw new Error("Not a service file")',
    'services/notes.md': '# Notes',
  })
  const rows = await load(root)
  expect(rows.map(({ name, exports }) => [name, exports.x])).toEqual([
    ['a', 1],
    ['b', 2],
    ['billing/get-invoice', 4],
    ['c', 3],
  ])
  expect(rows[0]?.file).toBe(join(root, 'services/a.ts'))
})

test('a folder that does not exist has no services', async () => {
  expect(await load(await temporaryFolder())).toEqual([])
})

test('ES modules may await at their top level', async () => {
  const result = await run({
    'services/a.ts': `import { value } from './slow/value.js'
      export const run = () => value`,
    'services/slow/value.ts': `export const value = await new Promise<string>((resolve) => setTimeout(() => resolve('late'), 5))`,
  })
  expect(result).toBe('late')
})

test('packages of a node_modules are left to Node: CommonJS by named import, modules by their conditions', async () => {
  const result = await run({
    'node_modules/old/package.json': '{"name":"old","main":"./lib"}',
    'node_modules/old/lib.js': 'exports.hello = () => __filename',
    'node_modules/new/package.json':
      '{"name":"new","type":"module","exports":{".":{"require":"./no.cjs","import":"./yes.js"},"./data":"./data.json"}}',
    'node_modules/new/yes.js': 'export const which = import.meta.url',
    'node_modules/new/data.json': '{"n":1}',
    'services/a.ts': `import { hello } from 'old'
      import { which } from 'new'
      import data from 'new/data'
      export const run = () => [hello(), which, data]`,
  })
  const [old, which, data] = result as string[]
  expect(old).toMatch(/node_modules\/old\/lib\.js$/)
  expect(which).toMatch(/^file:.*node_modules\/new\/yes\.js$/)
  expect(data).toEqual({ n: 1 })
})

test('a package of the workspace and a file beside the project become part of the bundle', async () => {
  const root = await temporaryFolder({
    'shop/services/a.ts': `import { twice } from '@shop/math'
      import { one } from '../../shared/one.js'
      export const run = () => twice(one)`,
    'packages/math/package.json': '{"name":"@shop/math","type":"module","exports":"./index.ts"}',
    'packages/math/index.ts': 'export const twice = (n: number): number => n * 2',
    'shared/one.ts': 'export const one: number = 1',
    'shop/node_modules/@shop/README.md': '',
  })
  await symlink(join(root, 'packages/math'), join(root, 'shop/node_modules/@shop/math'))
  const bundler = bundlerFor(join(root, 'shop'))
  const [row] = await load(join(root, 'shop'), bundler)
  expect((row?.exports.run as () => unknown)()).toBe(2)
  const { inputs } = await bundler.build()
  expect(inputs).toContain(join(root, 'packages/math/index.ts'))
  expect(inputs).toContain(join(root, 'shared/one.ts'))
})

test('each file knows its own place, whatever file it is bundled into', async () => {
  const root = await temporaryFolder({
    'services/a.ts': `import { place } from '../lib/place.js'
      export const run = () => [import.meta.url, import.meta.dirname, import.meta.filename, ...place()]`,
    'lib/place.ts': `import { fileURLToPath } from 'node:url'
      const __filename = fileURLToPath(import.meta.url)
      export const place = () => [__filename, __dirname]`,
  })
  const [row] = await load(root)
  expect((row?.exports.run as () => unknown)()).toEqual([
    pathToFileURL(join(root, 'services/a.ts')).href,
    join(root, 'services'),
    join(root, 'services/a.ts'),
    join(root, 'lib/place.ts'),
    join(root, 'lib'),
  ])
})

test('a CommonJS file of the project reaches packages through require', async () => {
  const result = await run({
    'node_modules/old/index.js': 'exports.n = 1',
    'lib/legacy.cjs': `const { n } = require('old')
      const { join } = require('node:path')
      module.exports = { run: () => [n, join(__dirname, 'x').endsWith('lib/x')] }`,
    'services/a.ts': `import legacy from '../lib/legacy.cjs'
      export const run = () => legacy.run()`,
  })
  expect(result).toEqual([1, true])
})

test('a module may make a require of its own', async () => {
  const result = await run({
    'node_modules/old/index.js': 'exports.n = 1',
    'services/a.ts': `import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      export const run = () => (require('old') as { n: number }).n`,
  })
  expect(result).toBe(1)
})

test('JSON is imported as data, and paths of the tsconfig lead where they say', async () => {
  const result = await run({
    'tsconfig.json': '{"compilerOptions":{"paths":{"@lib/*":["./lib/*"]}}}',
    'lib/data.json': '{"name":"tea"}',
    'lib/name.ts': `import data from './data.json' with { type: 'json' }
      export const name: string = data.name`,
    'services/a.ts': `import { name } from '@lib/name'
      export const run = () => name`,
  })
  expect(result).toBe('tea')
})

test('"zato-ts" is the running package, also from a helper', async () => {
  const bundler = bundlerFor(
    await temporaryFolder({
      'services/a.ts': `import { Service } from 'zato-ts'
        export class A extends Service {}`,
      'node_modules/zato-ts/index.js': 'throw new Error("Another copy")',
    }),
  )
  const { bundle } = await bundler.build()
  const entry = new URL('../../dist/index.js', import.meta.url).href
  expect(Buffer.from(bundle?.code ?? []).toString()).toContain(`from "${entry}"`)
})

test('an entry that "zato-ts" does not have is a problem', async () => {
  const bundler = bundlerFor(
    await temporaryFolder({ 'services/a.ts': `import x from 'zato-ts/nothing'\nexport { x }` }),
  )
  const [problem] = (await bundler.build()).problems
  expect(problem).toMatchObject({
    code: 'ZS101',
    message: 'The package "zato-ts" has no entry "zato-ts/nothing"',
    line: 1,
  })
})

test('classes of one name in two files both keep it', async () => {
  const rows = await load(
    await temporaryFolder({
      'services/a.ts': 'export class Get { static readonly label = Get.name }',
      'services/b.ts': 'export class Get { static readonly label = Get.name }',
    }),
  )
  expect(rows.map(({ exports }) => (exports.Get as { label: string }).label)).toEqual(['Get', 'Get'])
})

test('what does not compile is a problem at its place, all of them at once', async () => {
  const root = await temporaryFolder({
    'services/a.ts': 'export const ok = 1\nexport const ä = "€" oops\n',
    'services/b.ts': `// Its first line, which knows its place: ${'x'.repeat(5)}\nimport { y } from './missing.js'\nexport { y }`,
    'services/c.ts': 'export const url = import.meta.url; const 1',
  })
  const bundler = bundlerFor(root)
  const { bundle, problems, inputs } = await bundler.build()
  expect(bundle).toBeUndefined()
  const places = problems.map(({ file, line, column, code }) => [code, file.slice(root.length), line, column])
  expect(places.sort()).toEqual([
    ['ZS101', '/services/a.ts', 2, 22],
    ['ZS101', '/services/b.ts', 2, 19],
    ['ZS101', '/services/c.ts', 1, 43],
  ])
  const frame = problems.find(({ file }) => file.endsWith('a.ts'))?.frame
  expect(frame).toBe('1 | export const ok = 1\n2 | export const ä = "€" oops\n  |                      ^^^^')
  expect(inputs).toContain(join(root, 'services/missing.ts'))
})

test('a build after a change has the change, and the same code has the same hash', async () => {
  const root = await temporaryFolder({ 'services/a.ts': 'export const x = 1', 'lib/b.ts': 'export {}' })
  const bundler = bundlerFor(root)
  const first = await bundler.build()
  const again = await bundler.build()
  expect(again.bundle?.hash).toBe(first.bundle?.hash)
  await write(join(root, 'services/a.ts'), 'export const x = 2')
  const changed = await bundler.build()
  expect(changed.bundle?.hash).not.toBe(first.bundle?.hash)
  await write(join(root, 'services/new.ts'), 'export const x = import.meta.url')
  expect((await load(root, bundler)).map(({ name }) => name)).toEqual(['a', 'new'])
})

test('a build that failed is followed by one that does not', async () => {
  const root = await temporaryFolder({ 'services/a.ts': 'export const x = ' })
  const bundler = bundlerFor(root)
  expect((await bundler.build()).problems).toHaveLength(1)
  await write(join(root, 'services/a.ts'), 'export const x = 1')
  expect(await load(root, bundler)).toHaveLength(1)
})

const named = `class Base { static readonly name: string = 'base' }
export class Named extends Base { static override readonly name = 'billing.named'; found = 'field' }
export const run = () => Named.name + ' ' + Object.keys(new Named())`

test.each([
  ['an old target', { 'tsconfig.json': '{ "compilerOptions": { "target": "ES2020" } }' }],
  ['fields that are assigned', { 'tsconfig.json': '{ "compilerOptions": { "useDefineForClassFields": false } }' }],
  [
    'an old target that another file says, and comments',
    {
      'tsconfig.json': '{ // ours\n "extends": "./config/base.json", }',
      'config/base.json': '{ "compilerOptions": { "target": "es2017", }, }',
    },
  ],
  ['no target at all', { 'tsconfig.json': '{}' }],
])('classes are named by their own field whatever tsconfig.json says: %s', async (_, files) => {
  expect(await run({ ...files, 'services/named.ts': named })).toBe('billing.named found')
})

test('what a tsconfig.json with an old target says besides still holds: aliases and decorators', async () => {
  const files = {
    'tsconfig.json':
      '{ "compilerOptions": { "target": "es2020", "experimentalDecorators": true, "paths": { "#lib/*": ["./lib/*"] } } }',
    'lib/mark.ts': 'export const mark = (target: { marked?: boolean }) => { target.marked = true }',
    'services/one.ts': `import { mark } from '#lib/mark'
      @mark export class One { static marked?: boolean; static readonly name = 'one' }
      export const run = () => [One.marked ?? 'unmarked', One.name]`,
  }
  expect(await run(files)).toEqual([true, 'one'])
})

test('a file may ask where it is at any time, and stop asking', async () => {
  const asking = 'export const run = () => import.meta.filename'
  const root = await temporaryFolder({ 'services/a.ts': `export const run = () => 'a'`, 'services/b.ts': 'export {}' })
  const bundler = bundlerFor(root)
  const answer = async () => ((await load(root, bundler))[0]?.exports.run as () => unknown)()
  expect(await answer()).toBe('a')
  await write(join(root, 'services/a.ts'), asking)
  expect(await answer()).toBe(join(root, 'services/a.ts'))
  await write(join(root, 'services/b.ts'), asking)
  expect(await answer()).toBe(join(root, 'services/a.ts'))
  await write(join(root, 'services/a.ts'), `export const run = () => 'a again'`)
  expect(await answer()).toBe('a again')
  await write(join(root, 'services/b.ts'), 'export {}')
  expect(await answer()).toBe('a again')
  await write(join(root, 'services/a.ts'), asking)
  expect(await answer()).toBe(join(root, 'services/a.ts'))
})

test('packages whose names begin like what is known to the bundler are left to Node, too', async () => {
  const names = ['n', 'node', 'nodes', 'node-x', 'z', 'zato', 'zato-tsx', 'zato-ts-extra', '@z/n']
  const packages = names.map((name) => [`node_modules/${name}/index.js`, `exports.file = __filename`])
  const imports = names.map((name, index) => `import { file as f${index} } from '${name}'`)
  const files = await run({
    ...(Object.fromEntries(packages) as Record<string, string>),
    'services/a.ts': `${imports.join('\n')}
      import { Service } from 'zato-ts'
      import { join } from 'node:path'
      import 'fs'
      export const run = () => [${names.map((_, index) => `f${index}`).join()}, typeof Service, join('x', 'y')]`,
  })
  const ends = names.map((name): unknown => expect.stringMatching(new RegExp(`node_modules/${name}/index\\.js$`)))
  expect(files).toEqual([...ends, 'function', 'x/y'])
})

test('a build depends on all that it was made of, whether or not it succeeded', async () => {
  const root = await temporaryFolder({
    'project/services/a.ts': `import { b } from '../lib/b.js'
      import type { Shape } from '../lib/shape.js'
      export const a: Shape = b`,
    'project/lib/b.ts': `import data from '../../shared/data.json'
      export const b = data`,
    'project/lib/shape.ts': 'export type Shape = unknown',
    'shared/data.json': '{}',
  })
  const bundler = bundlerFor(join(root, 'project'))
  const made = ['project/lib/b.ts', 'project/services/a.ts', 'shared/data.json'].map((name) => join(root, name))
  expect([...(await bundler.build()).inputs].sort()).toEqual(made)
  await write(join(root, 'project/lib/b.ts'), `import data from '../../shared/other.json'\nexport const c = data`)
  await write(join(root, 'shared/other.json'), '{}')
  const { problems, inputs } = await bundler.build()
  expect(problems.map(({ message }) => message)).toEqual(['No matching export in "lib/b.ts" for import "b"'])
  expect(inputs).toContain(join(root, 'shared/other.json'))
})
