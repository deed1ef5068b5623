import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Edit, editText } from '../../../src/project/edit/edit.js'
import { type GeneratedFile, generatedFile } from './generated-file.js'

type Item = Record<string, unknown>
type File = Record<string, Item[]>

const section = 'outgoing_rest'

/** How many edits of ordinary files were local, out of all. */
const tally = { edits: 0, reprinted: 0 }

function edited(file: GeneratedFile, edits: Edit[]): string {
  const result = editText(file.text, edits)
  tally.edits++
  if (result.reprinted) tally.reprinted++
  return result.text
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/)
}

/** The lines that differ, by the longest common beginning and end. */
function changedLines(before: string, after: string): { from: number; to: number; added: number } {
  const [a, b] = [linesOf(before), linesOf(after)]
  let head = 0
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++
  let tail = 0
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  return { from: head, to: a.length - tail, added: b.length - tail - head }
}

function commentsOf(text: string): string[] {
  return text.match(/# [ct]\d+/g) ?? []
}

function expectSameStyle(file: GeneratedFile, after: string): void {
  expect(after.replaceAll(file.lineBreak, '').match(/[\r\n]/)).toBeNull()
  // With `|+` the line breaks at the end of the file may be part of a value.
  if (!/[|>]\+/.test(after)) expect(after.endsWith('\n')).toBe(file.text.endsWith('\n'))
}

/** Anything that JSON can carry, with texts that YAML takes for something else now and then. */
const tricky = fc.constantFrom(
  ...[
    'yes',
    'no',
    'on',
    'y',
    '1',
    '0x1f',
    '1_000',
    '12:30:45',
    '2001-12-14',
    'null',
    '~',
    '',
    ' a',
    'a ',
    '*x',
    '&x',
    '!x',
  ],
  ...[
    'a: b',
    'a #b',
    '{x}',
    '/a/{b}',
    '${NAME}',
    '${A:-b: c}',
    '@x',
    '`x',
    '%x',
    '|',
    '>',
    '-',
    '- a',
    '? a',
    ':',
    '<<',
    '=',
  ],
  ...[
    '---',
    '...',
    'a\nb',
    'a\nb\n',
    '\na',
    ' a\nb',
    'a\n\n\nb',
    'a\n\n',
    'a \nb',
    '\t',
    'a\tb',
    "it's",
    '"q"',
    '\\n',
    '\r\n',
  ],
  ...[
    '\u2028',
    '\u0085',
    '\ufeff',
    '\ud800',
    'é😀',
    '#x',
    'a:',
    '[',
    ']',
    ',',
    'x,y',
    '\u0000',
    '\u007f',
    'true',
    'NaN',
    '.inf',
  ],
)
const text = fc.oneof({ weight: 3, arbitrary: tricky }, fc.string(), fc.string({ unit: 'binary' }))
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
)
const key = fc
  .oneof(fc.constantFrom('X-A', 'X-B', 'yes', '1', 'a b', 'a: b', '#', ''), text)
  .filter((one) => one !== '__proto__')
const mapping = fc.dictionary(key, scalar, { maxKeys: 4, noNullPrototype: true })
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.array(scalar, { maxLength: 4 }),
  mapping,
  fc.array(mapping, { maxLength: 2 }),
)
const field = fc.constantFrom(
  'timeout',
  'url_path',
  'headers',
  'description',
  'samples',
  'security',
  'host',
  'data_format',
)
const newItem = fc
  .dictionary(field, value, { maxKeys: 5, noNullPrototype: true })
  .map((fields) => ({ name: 'New one', ...fields }))

const runs = { numRuns: 600 }

test('a field that is set reads back equal, and no line outside its item changes', () => {
  fc.assert(
    fc.property(generatedFile, fc.nat(), field, value, (file, pick, name, wanted) => {
      const index = pick % file.names.length
      const after = edited(file, [{ kind: 'set', section, name: file.names[index] ?? '', field: name, value: wanted }])
      const model = parse(file.text) as File
      model[section] = (model[section] ?? []).map((item, i) => (i === index ? { ...item, [name]: wanted } : item))
      expect(isDeepStrictEqual(parse(after), model)).toBe(true)
      if (after === file.text) return
      const changed = changedLines(file.text, after)
      expect(changed.from).toBeGreaterThanOrEqual(file.lines[index]?.from ?? 0)
      expect(changed.to).toBeLessThanOrEqual((file.lines[index]?.to ?? 0) + 1)
      expectSameStyle(file, after)
    }),
    runs,
  )
})

test('a scalar that is set in place of a scalar costs no comment', () => {
  fc.assert(
    fc.property(
      generatedFile,
      fc.nat(),
      fc.constantFrom('timeout', 'url_path', 'host'),
      text,
      (file, pick, name, wanted) => {
        const edit = {
          kind: 'set',
          section,
          name: file.names[pick % file.names.length] ?? '',
          field: name,
          value: wanted,
        } as const
        expect(commentsOf(edited(file, [edit]))).toEqual(commentsOf(file.text))
      },
    ),
    runs,
  )
})

test('a new field can be taken out again, to the byte', () => {
  fc.assert(
    fc.property(generatedFile, fc.nat(), value, (file, pick, wanted) => {
      const at = { section, name: file.names[pick % file.names.length] ?? '', field: 'x-new' } as const
      const set = edited(file, [{ kind: 'set', ...at, value: wanted }])
      expect(commentsOf(set).sort()).toEqual(commentsOf(file.text).sort())
      expect(editText(set, [{ kind: 'unset', ...at }]).text).toBe(file.text)
    }),
    runs,
  )
})

test('an item that is appended reads back equal, changes no line that was there, and can be taken out again', () => {
  fc.assert(
    fc.property(generatedFile, newItem, (file, item) => {
      const after = edited(file, [{ kind: 'append', section, item }])
      const model = parse(file.text) as File
      model[section] = [...(model[section] ?? []), item]
      expect(isDeepStrictEqual(parse(after), model)).toBe(true)
      const { from, to, added } = changedLines(file.text.trimEnd() + file.lineBreak, after.trimEnd() + file.lineBreak)
      expect(to - from).toBe(0)
      expect(added).toBeGreaterThan(0)
      expect(commentsOf(after)).toEqual(commentsOf(file.text))
      expectSameStyle(file, after)
      expect(editText(after, [{ kind: 'remove', section, name: item.name }]).text).toBe(file.text)
    }),
    runs,
  )
})

test('an item in a section of its own can be taken out again', () => {
  fc.assert(
    fc.property(generatedFile, newItem, (file, item) => {
      const after = edited(file, [{ kind: 'append', section: 'groups', item }])
      expect(isDeepStrictEqual(parse(after), { ...(parse(file.text) as File), groups: [item] })).toBe(true)
      expectSameStyle(file, after)
      expect(editText(after, [{ kind: 'remove', section: 'groups', name: item.name }]).text).toBe(file.text)
    }),
    runs,
  )
})

test('an item that is removed leaves every other line as it was', () => {
  fc.assert(
    fc.property(generatedFile, fc.nat(), (file, pick) => {
      const index = pick % file.names.length
      const after = edited(file, [{ kind: 'remove', section, name: file.names[index] ?? '' }])
      const model = parse(file.text) as File
      const rest = (model[section] ?? []).toSpliced(index, 1)
      const left = (parse(after) ?? {}) as File
      expect(isDeepStrictEqual({ ...left, [section]: left[section] ?? [] }, { ...model, [section]: rest })).toBe(true)
      if (rest.length === 0) return
      const { from, to, added } = changedLines(file.text.trimEnd() + file.lineBreak, after.trimEnd() + file.lineBreak)
      expect(added).toBe(0)
      const lines = file.lines[index] ?? { from: 0, to: 0 }
      expect(to - from).toBeLessThanOrEqual(lines.to - lines.from + 2)
      expectSameStyle(file, after)
    }),
    runs,
  )
})

test('a field that is unset leaves the lines of other items, and its own item without it', () => {
  fc.assert(
    fc.property(generatedFile, fc.nat(), field, (file, pick, name) => {
      const index = pick % file.names.length
      const after = edited(file, [{ kind: 'unset', section, name: file.names[index] ?? '', field: name }])
      const model = parse(file.text) as File
      Reflect.deleteProperty(model[section]?.[index] ?? {}, name)
      expect(isDeepStrictEqual(parse(after), model)).toBe(true)
      const { from, to, added } = changedLines(file.text, after)
      expect(added).toBeLessThanOrEqual(1)
      expect(from).toBeGreaterThanOrEqual(file.lines[index]?.from ?? 0)
      if (to > from) expect(to).toBeLessThanOrEqual((file.lines[index]?.to ?? 0) + 1)
    }),
    runs,
  )
})

test('a list or mapping that changes keeps the lines of what stays in it', () => {
  const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 })
  fc.assert(
    fc.property(list, list, fc.constantFrom('\n', '\r\n'), (old, wanted, lineBreak) => {
      const lines = [
        'groups:',
        '- name: G',
        '  members: # all',
        ...old.map((one) => `  - "${one}" # ${one}!`),
        '  x-y: 1',
        '',
      ]
      const before = lines.join(lineBreak)
      const { text: after } = editText(before, [
        { kind: 'set', section: 'groups', name: 'G', field: 'members', value: wanted },
      ])
      expect(parse(after)).toEqual({ groups: [{ name: 'G', members: wanted, 'x-y': 1 }] })
      let kept = 0
      while (kept < Math.min(old.length, wanted.length) && old[kept] === wanted[kept]) kept++
      expect(after.split(lineBreak).slice(0, 3 + kept)).toEqual(lines.slice(0, 3 + kept))
    }),
    { numRuns: 500 },
  )
})

test('of all these edits hardly any needs the file to be laid out anew', () => {
  expect(tally.edits).toBeGreaterThan(4_000)
  expect(tally.reprinted / tally.edits).toBeLessThan(0.01)
})
