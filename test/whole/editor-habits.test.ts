import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serving, serve } from '../helpers/serve.js'
import { until } from '../runtime/until.js'

/** The real server, and every way in which editors, tools and people change files. What is on disk in the end is served. */

const service = (name: string, value: string, imports = '') => `import { Service } from 'zato-ts'
${imports}
export class Test extends Service {
  static override readonly name = '${name}'
  handle() {
    return ${value}
  }
}
`
const channel = (name: string) => `  - { name: ${name}, url_path: /${name}, service: ${name} }\n`
const channels = (...names: string[]) => `channel_rest:\n${names.map(channel).join('')}`

let root = ''
let server: Serving
const at = (path: string) => join(root, path)
const put = (path: string, text: string) => writeFile(at(path), text)
const saved = (n: number) => service('a', `'${n}'`)
const source = 'services/a.ts'

async function get(path: string): Promise<string> {
  const response = await fetch(server.url + path)
  return response.status === 200 ? await response.text() : String(response.status)
}

const answers = (path: string, text: string) => until(async () => (await get(path)) === text)
const reloads = () => server.events().filter(({ type }) => type === 'reloaded').length

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'zato-ts-habits-')))
  await mkdir(at('services'))
  await put('zato.yaml', `include: [more.yaml]\n${channels('a', 'env')}`)
  await put('more.yaml', channels('b'))
  await put(source, saved(0))
  await putOthers()
  server = await serve(root)
})

afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await rm(root, { recursive: true })
})

async function putOthers(): Promise<void> {
  await put('services/b.ts', service('b', `'b'`))
  await put('services/env.ts', service('env', 'String(this.environ.GREETING)'))
}

/** Rewrites a file in place, piece by piece. */
async function writePieces(text: string, pieces: number): Promise<void> {
  const file = await open(at(source), 'w')
  const size = Math.ceil(text.length / pieces)
  for (let from = 0; from < text.length; from += size) await file.write(text.slice(from, from + size))
  await file.close()
}

const habits: readonly (readonly [name: string, save: (text: string) => Promise<unknown>])[] = [
  ['written in place', (text) => put(source, text)],
  ['written in two halves', (text) => writePieces(text, 2)],
  ['written in forty pieces', (text) => writePieces(text, 40)],
  [
    'renamed over, as safe writes do',
    async (text) => {
      await put('services/a.ts.tmp', text)
      await rename(at('services/a.ts.tmp'), at(source))
    },
  ],
  [
    'kept as a backup and written anew, as vim does',
    async (text) => {
      await rename(at(source), at('services/a.ts~'))
      await put(source, text)
      await unlink(at('services/a.ts~'))
    },
  ],
  [
    'written beside, checked with a file of a number, and renamed, as JetBrains does',
    async (text) => {
      await put('services/4913', '')
      await unlink(at('services/4913'))
      await put('services/a.ts___jb_tmp___', text)
      await rename(at(source), at('services/a.ts___jb_old___'))
      await rename(at('services/a.ts___jb_tmp___'), at(source))
      await unlink(at('services/a.ts___jb_old___'))
    },
  ],
  [
    'deleted and made anew',
    async (text) => {
      await unlink(at(source))
      await put(source, text)
    },
  ],
  [
    'emptied, then written',
    async (text) => {
      await truncate(at(source))
      await appendFile(at(source), text)
    },
  ],
  [
    'saved twenty times in a row',
    async (text) => {
      for (let n = 1; n < 20; n++) await put(source, service('a', `'draft ${n}'`))
      await put(source, text)
    },
  ],
  [
    'saved broken, then good',
    async (text) => {
      await put(source, 'export class {')
      await until(() => server.events().some(({ type }) => type === 'problems'))
      await put(source, text)
    },
  ],
  [
    'replaced by a link to another file',
    async (text) => {
      await put('elsewhere.ts', text)
      await unlink(at(source))
      await symlink(at('elsewhere.ts'), at(source))
    },
  ],
  ['changed behind a link', (text) => put('elsewhere.ts', text)],
  [
    'made a file again',
    async (text) => {
      await unlink(at(source))
      await put(source, text)
    },
  ],
  [
    'moved away with its folder, which comes back changed',
    async (text) => {
      await rename(at('services'), at('services-stash'))
      await writeFile(at('services-stash/a.ts'), text)
      await rename(at('services-stash'), at('services'))
    },
  ],
  [
    'removed with its folder, which is made anew',
    async (text) => {
      await rm(at('services'), { recursive: true })
      await mkdir(at('services'))
      await putOthers()
      await put(source, text)
    },
  ],
  [
    'part of a change of a hundred files',
    async (text) => {
      const names = Array.from({ length: 100 }, (_, index) => `services/s${index}.ts`)
      await Promise.all(names.map((name, index) => put(name, service(`s${index}`, `'s'`))))
      await put(source, text)
      await answers('a', text.match(/'(\d+)'/)?.[1] ?? '')
      await Promise.all(names.map((name) => unlink(at(name))))
    },
  ],
]

test.each(habits.map(([name, save], index) => [name, save, index + 1] as const))(
  'a file is served as it is in the end: %s',
  async (_, save, n) => {
    await save(saved(n))
    await answers('a', String(n))
    // Nor does something older come back.
    expect(await get('a')).toBe(String(n))
  },
)

test('what is not source is of no interest, nor is what changes nothing', async () => {
  const text = service('a', `'calm'`)
  await put(source, text)
  await answers('a', 'calm')
  const before = reloads()
  await put('services/notes.md', 'Notes')
  await put('services/.hidden.ts', 'not even TypeScript')
  await put('services/a.test.ts', 'not even TypeScript')
  await put(source, text)
  await utimes(at('zato.yaml'), new Date(), new Date())
  await put('zato.yaml', `# A comment\ninclude: [more.yaml]\n${channels('a', 'env')}`)
  // Changes are dealt with in order: once this one is served, those before it have been looked at.
  await put(source, service('a', `'moved'`))
  await answers('a', 'moved')
  await until(() => reloads() > before)
  expect(reloads()).toBe(before + 1)
})

test('what a service imports is watched, wherever it lies: modules, JSON, files that are not there yet', async () => {
  await mkdir(at('lib'), { recursive: true })
  await put('lib/value.ts', `import data from './data.json'\nexport const value = 'first ' + data.n\n`)
  await put('lib/data.json', '{ "n": 1 }')
  await put(source, service('a', 'value', `import { value } from '../lib/value.js'`))
  await answers('a', 'first 1')
  await put('lib/data.json', '{ "n": 2 }')
  await answers('a', 'first 2')
  await put('lib/value.ts', `export { value } from './made-later.js'\n`)
  await until(() => server.events().some((event) => JSON.stringify(event).includes('made-later')))
  expect(await get('a')).toBe('first 2')
  await put('lib/made-later.ts', `export const value = 'later'\n`)
  await answers('a', 'later')
})

test('files of the environment count from when they are there until they are gone', async () => {
  await answers('env', 'undefined')
  await put('.env', 'GREETING=hello\n')
  await answers('env', 'hello')
  await put('.env.local', 'GREETING=hi\n')
  await answers('env', 'hi')
  await put('.env.local', 'GREETING=hey\n')
  await answers('env', 'hey')
  await unlink(at('.env.local'))
  await answers('env', 'hello')
})

test('an included file counts, and so does a zato.yaml that was away', async () => {
  await put('more.yaml', `channel_rest:\n  - { name: c, url_path: /c, service: b }\n`)
  await answers('c', 'b')
  await answers('b', '404')
  const text = `include: [more.yaml]\n${channels('a', 'env')}`
  await unlink(at('zato.yaml'))
  await until(() => server.events().some((event) => event.type === 'problems'))
  expect(await get('c')).toBe('b')
  await put('zato.yaml', `${text}  - { name: d, url_path: /d, service: b }\n`)
  await answers('d', 'b')
})

test('tsconfig.json counts, and so does what it extends', async () => {
  await mkdir(at('config'), { recursive: true })
  await put('lib/one.ts', `export const which = 'one'\n`)
  await put('lib/two.ts', `export const which = 'two'\n`)
  const mapped = (name: string) => JSON.stringify({ compilerOptions: { paths: { '#which': [`../lib/${name}.ts`] } } })
  await put('config/base.json', mapped('one'))
  await put('tsconfig.json', '{ "extends": "./config/base.json" }')
  await put(source, service('a', 'which', `import { which } from '#which'`))
  await answers('a', 'one')
  await put('config/base.json', mapped('two'))
  await answers('a', 'two')
})
