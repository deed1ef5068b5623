import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Problem } from '../../src/project/problem.js'
import { createRedactor } from '../../src/redact.js'
import { Changes } from '../../src/runtime/changes.js'
import { applyEnvironment, startSignature } from '../../src/runtime/environment.js'
import type { ServerEvent } from '../../src/runtime/events.js'
import { Gate } from '../../src/runtime/gate.js'
import { placeOf } from '../../src/runtime/load-problem.js'
import { plainEntry } from '../../src/runtime/plain-entry.js'
import { ProblemReport } from '../../src/runtime/problem-report.js'
import { findServiceFiles, moduleName } from '../../src/runtime/service-files.js'
import { positionPrefix, withPosition } from '../../src/runtime/source-position.js'
import { within } from '../../src/runtime/within.js'
import { temporaryFolder, write } from './files.js'

const redactor = createRedactor(['canary-5f2c'])
const entry = { time: 1, level: 'info', message: 'm' } as const

test('whatever is logged, JSON can carry it and a secret is not in it', () => {
  const anything = fc.anything({
    withBigInt: true,
    withMap: true,
    withSet: true,
    withDate: true,
    withTypedArray: true,
    withNullPrototype: true,
  })
  fc.assert(
    fc.property(anything, (value) => {
      const plain = plainEntry(
        { ...entry, fields: { value, beside: ['canary-5f2c', { deep: 'xcanary-5f2cx' }] } },
        redactor,
      )
      expect(JSON.stringify(plain)).not.toContain('canary-5f2c')
    }),
  )
})

test('a log line keeps its meaning', () => {
  const circle: Record<string, unknown> = { n: 1 }
  circle.self = circle
  const fields = {
    circle,
    big: 2n,
    when: new Date(0),
    map: new Map([['a', 1]]),
    set: new Set([1]),
    bytes: new Uint8Array(3),
    none: undefined,
  }
  expect(plainEntry({ ...entry, cid: 'c', service: 's', fields }, redactor)).toEqual({
    ...entry,
    cid: 'c',
    service: 's',
    fields: {
      circle: { n: 1, self: '[circle]' },
      big: '2',
      when: '1970-01-01T00:00:00.000Z',
      map: { a: 1 },
      set: [1],
      bytes: '[3 bytes]',
      none: undefined,
    },
  })
})

test('a secret that is a number is hidden too', () => {
  const { fields } = plainEntry({ ...entry, fields: { pin: 90210777, n: 1 } }, createRedactor(['90210777']))
  expect(fields).toEqual({ pin: '[redacted]', n: 1 })
})

test('a field whose name says that it is secret is hidden, whatever its value is', () => {
  const { fields } = plainEntry(
    { ...entry, fields: { password: 1234, token: { a: 1 }, list: [{ secret: 'x' }], tea: 'x' } },
    redactor,
  )
  expect(fields).toEqual({ password: '[redacted]', token: '[redacted]', list: [{ secret: '[redacted]' }], tea: 'x' })
})

test('an error is logged with its cause and its stack', () => {
  const error = new Error('outer', { cause: new TypeError('inner canary-5f2c') })
  const { fields } = plainEntry({ ...entry, fields: { error } }, redactor)
  expect(fields?.error).toMatchObject({
    name: 'Error',
    message: 'outer',
    cause: { name: 'TypeError', message: 'inner [redacted]' },
  })
})

test('a getter that throws does not end the logging', () => {
  const value = {
    get bad(): never {
      throw new Error('no')
    },
  }
  expect(plainEntry({ ...entry, fields: { value } }, redactor).fields).toEqual({
    value: { bad: '[unreadable]' },
  })
})

test('an environment that is applied is taken back whole', () => {
  process.env.ZATO_TS_TEST_OLD = 'old'
  const before = { ...process.env }
  const restore = applyEnvironment({ ZATO_TS_TEST_OLD: 'new', ZATO_TS_TEST_NEW: 'new' })
  expect(process.env).toMatchObject({ ZATO_TS_TEST_OLD: 'new', ZATO_TS_TEST_NEW: 'new' })
  restore()
  expect({ ...process.env }).toEqual(before)
  delete process.env.ZATO_TS_TEST_OLD
})

test('only what Node reads at its start asks for a new process', () => {
  const same = (a: Record<string, string>, b: Record<string, string>) => startSignature(a) === startSignature(b)
  expect(same({ A: '1', TZ: 'UTC', NODE_ENV: 'test' }, { TZ: 'UTC', B: '2', NODE_ENV: 'production' })).toBe(true)
  for (const name of ['NODE_OPTIONS', 'TZ', 'NODE_EXTRA_CA_CERTS', 'UV_THREADPOOL_SIZE']) {
    expect(same({ [name]: '1' }, { [name]: '2' })).toBe(false)
    expect(same({ [name]: '1' }, {})).toBe(false)
  }
})

test('service files are found in order, and are called after their path', async () => {
  const root = await temporaryFolder({ 'b.ts': '', 'a/z.mjs': '', 'a.ts': '', 'c.json': '' })
  await mkdir(join(root, 'empty'))
  const files = await findServiceFiles(root)
  expect(files.map((file) => moduleName(root, file)).sort()).toEqual(['a', 'a/z', 'b'])
  expect(await findServiceFiles(join(root, 'missing'))).toEqual([])
})

test('a file that asks where it is is told on its first line, and keeps its lines', () => {
  const source = 'const a = import.meta.url\nconst b = 1'
  const prefix = positionPrefix('/shop/a "b".ts', source)
  expect(prefix).toContain('"/shop/a \\"b\\".ts"')
  expect(withPosition(source, prefix).split('\n')).toHaveLength(2)
  expect(withPosition(`#!/usr/bin/env node\n${source}`, prefix).split('\n')[1]).toBe(
    `${prefix}const a = import.meta.url`,
  )
  expect(positionPrefix('/shop/a.ts', 'const a = 1')).toBe('')
})

test('the place of an error is the first frame in a file of the author', async () => {
  const root = await temporaryFolder({ 'services/a.ts': '', 'node_modules/p/index.js': '' })
  const stack = `TypeError: x
    at Object.parse (node:internal/x:1:2)
    at p (${root}/node_modules/p/index.js:3:4)
    at async Orders.handle (${root}/services/a.ts:5:6)
    at ${root}/services/a.ts:7:8`
  const context = { url: 'file:///none.mjs', code: new Uint8Array() }
  expect(placeOf(stack, context)).toEqual({ file: join(root, 'services/a.ts'), line: 5, column: 6 })
  expect(placeOf('TypeError: x', context)).toBeUndefined()
})

test('a gate that is closed opens when it is told to, or by itself', async () => {
  const gate = new Gate(20)
  expect(gate.opened).toBeUndefined()
  gate.close()
  const first = gate.opened
  gate.close()
  expect(gate.opened).toBe(first)
  gate.open()
  await first
  gate.close()
  await gate.opened
  expect(gate.opened).toBeUndefined()
})

test('changes are taken once, all of a burst together', async () => {
  const root = await temporaryFolder({ a: '1', b: '2' })
  const changes = new Changes()
  const noticed = changes.noticed()
  changes.notice(join(root, 'a'))
  changes.notice(join(root, 'b'))
  changes.notice(join(root, 'a'))
  await noticed
  expect((await changes.take()).files).toEqual([join(root, 'a'), join(root, 'b')])
  expect(changes.pending).toBe(false)
  expect((await changes.take()).files).toEqual([])
})

test('a file that is gone for a moment is waited for, one that stays away is not', async () => {
  const root = await temporaryFolder()
  const changes = new Changes()
  const file = join(root, 'a')
  changes.notice(file)
  const taken = changes.take()
  expect(await within(30, taken)).toBe(false)
  await write(file, 'back')
  const started = performance.now()
  expect((await taken).files).toEqual([file])
  expect(performance.now() - started).toBeLessThan(60)
  changes.notice(join(root, 'gone'))
  expect(await within(1000, changes.take())).toBe(true)
})

test('a batch holds unless something is written or told of before the burst is over', async () => {
  const root = await temporaryFolder({ a: '1', b: '2' })
  const [a, b] = [join(root, 'a'), join(root, 'b')]
  const changes = new Changes()
  changes.notice(a)
  const untouched = await changes.take()
  expect(await changes.hold(untouched)).toBe(true)
  await write(a, 'rewritten, and nobody told')
  expect(await changes.hold(untouched)).toBe(false)
  const rewritten = await changes.take(untouched.files)
  expect(rewritten.files).toEqual([a])
  changes.notice(b)
  expect(await changes.hold(rewritten)).toBe(false)
  const both = await changes.take(rewritten.files)
  expect(both.files).toEqual([a, b])
  expect(await changes.hold(both)).toBe(true)
})

const problem: Problem = {
  code: 'ZS101',
  severity: 'error',
  scope: 'project',
  message: 'M',
  file: '/a',
  line: 1,
  column: 1,
  length: 1,
  frame: '',
}

test('a problem of the project file is told once, though it blocks and is one of all', () => {
  const events: ServerEvent[] = []
  const report = new ProblemReport((event) => events.push(event))
  const other: Problem = { ...problem, message: 'Another' }
  report.failed([problem], [problem, other])
  expect(events).toEqual([{ type: 'problems', problems: [problem, other] }])
})

test('problems are told when they change, and recovery once', () => {
  const events: ServerEvent[] = []
  const report = new ProblemReport((event) => events.push(event))
  const warning: Problem = { ...problem, code: 'ZC302', severity: 'warning', scope: 'item' }
  report.served([])
  report.failed([problem])
  report.failed([problem])
  expect(report.blocking).toEqual([problem])
  report.served([warning])
  report.served([warning])
  report.served([])
  expect(events).toEqual([
    { type: 'problems', problems: [problem] },
    { type: 'recovered' },
    { type: 'problems', problems: [warning] },
    { type: 'problems', problems: [] },
  ])
  expect(report.blocking).toEqual([])
})
