import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { check, format } from 'prettier'
import ts from 'typescript'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { renderEnvTypes, writeEnvTypes } from '../../src/project/env-types.js'
import { readProject } from '../../src/project/read.js'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'env-types-'))
  await writeFile(
    join(dir, 'zato.yaml'),
    'outgoing_rest:\n- name: Orders API\n  host: https://a.test\n  url_path: /{b}/{c}\n',
  )
})
afterEach(() => rm(dir, { recursive: true }))

async function project() {
  const { project: read } = await readProject({ file: join(dir, 'zato.yaml'), env: {} })
  if (!read) throw new Error('The project of this test has problems')
  return read
}

/** The members of the interface as the compiler reads them: name, and the strings of its type. */
function membersOf(text: string): { name: string; values: string[] }[] {
  const source = ts.createSourceFile('zato-env.d.ts', text, ts.ScriptTarget.Latest)
  const found: { name: string; values: string[] }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && ts.isStringLiteral(node.name) && node.type) {
      const types = ts.isUnionTypeNode(node.type) ? [...node.type.types] : [node.type]
      const literals = types.filter(ts.isLiteralTypeNode).map((type) => type.literal)
      found.push({ name: node.name.text, values: literals.filter(ts.isStringLiteral).map((literal) => literal.text) })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('declares each connection with its placeholders, in the order of the file', () => {
  const connections = [
    { name: 'Orders API', urlPath: '/customers/{customer_id}/orders/{order_id}.json' },
    { name: 'Billing', urlPath: '' },
  ]
  expect(renderEnvTypes(connections)).toBe(`/* eslint-disable */
// Generated from zato.yaml by "zato-ts types": commit it, do not edit it.
// prettier-ignore
import 'zato-ts'
// prettier-ignore
declare module 'zato-ts' {
  interface RestConnections {
    'Orders API': 'customer_id' | 'order_id'
    'Billing': never
  }
}
`)
  expect(renderEnvTypes([])).toContain('  interface RestConnections {}\n')
})

test('any name compiles, and is the same name for the compiler', () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom("it's", '\\', '\\"', '\n', '\u2028', '\ud800', '__proto__', '*/'),
  )
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 4 }), (names) => {
      const text = renderEnvTypes(names.map((one) => ({ name: one, urlPath: '/{a-b}/{c}' })))
      expect(membersOf(text)).toEqual(names.map((one) => ({ name: one, values: ['a-b', 'c'] })))
      expect(ts.transpileModule(text, { reportDiagnostics: true }).diagnostics).toEqual([])
    }),
    { numRuns: 50 },
  )
})

test('prettier leaves it as it is, whatever a project asks of prettier', async () => {
  const text = renderEnvTypes([{ name: 'Orders', urlPath: '/{a}' }])
  for (const options of [{}, { semi: false, singleQuote: true }, { tabWidth: 4, quoteProps: 'consistent' as const }]) {
    expect(await format(text, { ...options, parser: 'typescript' })).toBe(text)
    expect(await check(text, { ...options, parser: 'typescript' })).toBe(true)
  }
})

test('is written beside zato.yaml, and only when it changes', async () => {
  const file = join(dir, 'zato-env.d.ts')
  expect(await writeEnvTypes(await project())).toBe(true)
  expect(await readFile(file, 'utf8')).toBe(renderEnvTypes([{ name: 'Orders API', urlPath: '/{b}/{c}' }]))
  const { mtimeMs } = await stat(file)
  expect(await writeEnvTypes(await project())).toBe(false)
  expect((await stat(file)).mtimeMs).toBe(mtimeMs)
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'))
  expect(await writeEnvTypes(await project())).toBe(false)
  await writeFile(file, 'old')
  expect(await writeEnvTypes(await project())).toBe(true)
})

test('where it cannot be written there is an error', async () => {
  const read = await project()
  await expect(writeEnvTypes({ ...read, root: join(dir, 'absent') })).rejects.toMatchObject({ code: 'ZU007' })
})
