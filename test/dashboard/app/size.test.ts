import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Built {
  readonly buildDashboard: (
    root: string,
    folder: string,
  ) => Promise<{ readonly inputs: Readonly<Record<string, unknown>> }>
}

let folder: string
let names: readonly string[]
let inputs: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zato-ts-page-'))
  const { buildDashboard } = (await import(join(root, 'scripts/dashboard.js'))) as Built
  inputs = Object.keys((await buildDashboard(root, folder)).inputs)
  names = await readdir(folder)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the script stays under 60 KB compressed, the style under 10, and only two packages go into it', async () => {
  const bytes = async (end: string) => {
    const wanted = names.filter((name) => name.endsWith(end))
    const sizes = await Promise.all(wanted.map(async (name) => (await readFile(join(folder, name))).length))
    return sizes.reduce((sum, one) => sum + one, 0)
  }
  expect(await bytes('.js.gz')).toBeLessThan(60 * 1024)
  expect(await bytes('.css.gz')).toBeLessThan(10 * 1024)
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  expect([...new Set(packages)].sort()).toEqual(['@preact/signals', '@preact/signals-core', 'preact'])
})

test('the page holds no inline script or style, and each compressed file is what it stands for', async () => {
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  expect(page).not.toMatch(/%|style=|<style|<script(?![^>]*src=)|\son\w+=/)
  for (const [, name = ''] of page.matchAll(/(?:href|src)="\/([^"]+)"/g)) expect(names).toContain(name)
  for (const name of names.filter((one) => !/\.(br|gz)$/.test(one))) {
    const plain = await readFile(join(folder, name))
    expect(brotliDecompressSync(await readFile(join(folder, `${name}.br`)))).toEqual(plain)
    expect(gunzipSync(await readFile(join(folder, `${name}.gz`)))).toEqual(plain)
  }
})
