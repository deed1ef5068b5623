import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'

let project: TemporaryProject

beforeAll(async () => {
  project = await temporaryProject({ 'zato.yaml': 'outgoing_rest:\n  - { name: A, host: https://a.example.com }\n' })
})

/** Modules that a command line loads: files below dist, and packages. */
async function loadedBy(...argv: string[]): Promise<{ files: string[]; packages: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'zato-ts-loaded-'))
  await zato(argv, { cwd: project.dir, env: { NODE_V8_COVERAGE: folder } })
  const [report = ''] = await readdir(folder)
  const { result } = JSON.parse(await readFile(join(folder, report), 'utf8')) as { result: { url: string }[] }
  await rm(folder, { recursive: true })
  const urls = result.map(({ url }) => url).filter((url) => url.startsWith('file:'))
  const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
  return {
    files: urls.flatMap((url) => /\/dist\/(.*)\.js$/.exec(url.replace(/.*\/node_modules\/.*/, ''))?.[1] ?? []).sort(),
    packages: [...new Set(packages)].sort(),
  }
}

/** What every command line but `--version` loads. */
const light = ['chunks/base', 'chunks/cli', 'chunks/rolldown-runtime', 'cli']

test('--version loads nothing', async () => {
  expect(await loadedBy('--version')).toEqual({ files: [], packages: [] })
})

test('the overview loads neither a project’s reader nor a command', async () => {
  expect(await loadedBy()).toEqual({ files: light, packages: [] })
})

test('a command that reads the project loads no more than its reader', async () => {
  const { files, packages } = await loadedBy('conn', 'list')
  expect(packages).toEqual([])
  expect(files).toEqual([...light, 'chunks/project', 'chunks/reading'].sort())
})

test('a call loads the client of HTTP, but no server and no service', async () => {
  const { files, packages } = await loadedBy('call', 'A', '--dry-run')
  expect(packages).toEqual([])
  expect(files).toEqual(expect.arrayContaining(['chunks/calling', 'chunks/sending']))
  expect(files.filter((file) => /editing|serv|runtime\//.test(file))).toEqual([])
  expect(files.length).toBeLessThanOrEqual(10)
})
