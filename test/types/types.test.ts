import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

/**
 * What must compile in a user's project, and what must not. The compiler is the real one and the project like theirs: it
 * sees zato-ts as an installed package, by the declarations that the build makes.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const modules = join(root, 'node_modules')

// The compiler shares its cores with the rest of the suite.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder = ''
beforeAll(() => {
  mkdirSync(join(modules, '.cache'), { recursive: true })
  // Below node_modules, so that zod and the types of Node are found as in any project.
  folder = mkdtempSync(join(modules, '.cache', 'types-'))
  const installed = join(folder, 'node_modules', 'zato-ts')
  emitDeclarations(join(installed, 'dist'))
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  cpSync(fixtures, folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the build makes of src/index.ts and of what it leads to. */
function emitDeclarations(outDir: string): void {
  const project = join(folder, 'tsconfig.declarations.json')
  const compilerOptions = { outDir, rootDir: join(root, 'src'), emitDeclarationOnly: true }
  const extended = join(root, 'tsconfig.build.json')
  writeFileSync(
    project,
    JSON.stringify({ extends: extended, compilerOptions, files: [join(root, 'src/index.ts')], include: [] }),
  )
  tsc(['-p', project])
}

function tsc(args: readonly string[]) {
  const { stdout, status } = spawnSync(process.execPath, [join(modules, 'typescript/bin/tsc'), ...args], {
    encoding: 'utf8',
  })
  return { stdout, status }
}

interface CompileOptions {
  readonly include?: readonly string[]
  readonly noUncheckedIndexedAccess?: boolean
}

function compile(
  project: string,
  { include = ['accepted', 'rejected', '*.d.ts'], noUncheckedIndexedAccess = true }: CompileOptions = {},
) {
  const dir = join(folder, project)
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    erasableSyntaxOnly: true,
    skipLibCheck: true,
    noEmit: true,
  }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }))
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  return tsc(['-p', dir])
}

describe.each(['with-env', 'without-env'])('a project %s', (project) => {
  test('compiles where it should, and nowhere else', () => {
    expect(compile(project)).toEqual({ stdout: '', status: 0 })
  })

  test('marks what must not compile in each rejected file', () => {
    const dir = join(fixtures, project, 'rejected')
    for (const file of readdirSync(dir)) expect(readFileSync(join(dir, file), 'utf8')).toContain('@ts-expect-error')
  })
})

test('without zato-env.d.ts every name is allowed', () => {
  const { stdout, status } = compile('without-env', { include: ['unchecked-index'], noUncheckedIndexedAccess: false })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})

test('zato-env.d.ts is what makes a misspelt name or a missing placeholder an error', () => {
  rmSync(join(folder, 'with-env', 'zato-env.d.ts'))
  const { stdout, status } = compile('with-env')
  expect(status).not.toBe(0)
  expect(stdout).toContain("Unused '@ts-expect-error' directive")
})
