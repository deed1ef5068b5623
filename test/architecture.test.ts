import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src')

/** From the outside in; a room may import those that stand under it, and itself. */
const rooms = [
  ['cli'],
  ['commands'],
  ['dashboard'],
  ['output'],
  ['index', 'testing'],
  ['runtime'],
  ['channel', 'service'],
  ['outgoing'],
  ['project'],
  ['trace'],
  ['redact', 'nearest'],
  ['exchange'],
  ['cancellation', 'deadlines', 'errors', 'log', 'version'],
  ['unordered-list'],
]

/** service stands on outgoing; channel reaches neither. */
const forbidden = new Set(['channel>outgoing'])

const owners: Record<string, readonly string[]> = {
  commander: ['cli', 'commands'],
  yaml: ['project'],
  jsonata: ['project'],
  undici: ['outgoing'],
  cockatiel: ['outgoing'],
  chokidar: ['runtime'],
  esbuild: ['runtime'],
  'get-tsconfig': ['runtime'],
  'find-my-way': ['channel'],
  kleur: ['output'],
  '@clack/prompts': ['commands'],
  preact: ['dashboard'],
  '@preact/signals': ['dashboard'],
  '@standard-schema/spec': ['outgoing', 'service', 'index'],
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

/** Every module that a file names: static, re-exported, dynamic, and in `import type`. */
function importsOf(file: string): string[] {
  const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const found = code.matchAll(
    /(?:^|\s|;)(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  )
  return [...found].map(([, named, dynamic]) => named ?? dynamic ?? '')
}

const roomOf = (file: string) => (file.split('/')[0] ?? '').replace(/\.ts$/, '')
const rankOf = (room: string) => rooms.findIndex((names) => names.includes(room))
const localTarget = (file: string, specifier: string) =>
  relative(src, join(src, dirname(file), specifier)).replace(/\.js$/, '.ts')

test('every file of src lies in a room that the architecture names', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(files.filter((file) => rankOf(roomOf(file)) === -1)).toEqual([])
})

test('imports point from the outside in, types included', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from: roomOf(file), to: roomOf(localTarget(file, specifier)), specifier }))
      .filter(({ from, to }) => from !== to && to !== 'package.json')
      .filter(({ from, to }) => rankOf(to) <= rankOf(from) || forbidden.has(`${from}>${to}`))
      .map(({ specifier }) => `${file} imports ${specifier}`),
  )
  expect(wrong).toEqual([])
})

test('each package has one owner', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((name) => !owners[name]?.includes(roomOf(file)))
      .map((name) => `${file} imports ${name}`),
  )
  expect(wrong).toEqual([])
})

test('no file imports itself through others', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => localTarget(file, specifier)),
    ]),
  )
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('only the outermost files touch the process', () => {
  const allowed = new Set(['runtime/child.ts', 'runtime/guard.ts', 'runtime/uncaught.ts'])
  const wrong = files.filter((file) => {
    const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^'\n]*'/gm, '')
    return (
      /(?<![\w.'"`-])process\.(env|exit|exitCode|argv|stdout|stderr|stdin|cwd|chdir|on|once)\b/.test(code) &&
      !allowed.has(file)
    )
  })
  expect(wrong).toEqual([])
})
