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

test('--version loads next to nothing', async () => {
  expect(await loadedBy('--version')).toEqual({ files: ['cli', 'commands/ending', 'version'], packages: [] })
})

test('the overview needs no command’s module and no package but kleur', async () => {
  const { files, packages } = await loadedBy()
  expect(packages.filter((name) => !['kleur', 'commander'].includes(name))).toEqual([])
  expect(files).not.toContain('commands/call')
})

test('each command loads its own module and the packages that it needs', async () => {
  const list = await loadedBy('conn', 'list')
  expect(list.files).toContain('commands/conn/list')
  expect(list.files.filter((file) => /^(outgoing|service|channel|runtime)\//.test(file))).toEqual([])
  expect(list.packages).toEqual(['commander', 'kleur', 'yaml'])

  const call = await loadedBy('call', 'A', '--dry-run')
  expect(call.files.filter((file) => /^(service|channel|runtime)\//.test(file))).toEqual([])
  expect(call.packages).toEqual(['commander', 'kleur', 'undici', 'yaml'])
})
