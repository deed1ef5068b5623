import { expect, test } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { type Edit, editText } from '../../../src/project/edit/edit.js'

const section = 'outgoing_rest'
const set = (name: string, field: string, value: unknown): Edit => ({ kind: 'set', section, name, field, value })
const unset = (name: string, field: string): Edit => ({ kind: 'unset', section, name, field })
const remove = (name: string): Edit => ({ kind: 'remove', section, name })
const append = (item: Record<string, unknown>): Edit => ({ kind: 'append', section, item })

const edited = (text: string, ...edits: Edit[]) => editText(text, edits).text
const one = append({ name: 'One' })

test.each([
  ['an empty file', '', 'outgoing_rest:\n  - name: One\n'],
  ['a file of comments', '# a\n\n# b\n', '# a\n\n# b\n\noutgoing_rest:\n  - name: One\n'],
  ['a file of comments without a line break at its end', '# a', '# a\n\noutgoing_rest:\n  - name: One'],
  ['a file of blank lines', '\n\n', 'outgoing_rest:\n  - name: One\n\n\n'],
  ['a file of ---', '---\n', '---\n\noutgoing_rest:\n  - name: One\n'],
  ['a file with a byte order mark', '\ufeffserver: {}\n', '\ufeffserver: {}\n\noutgoing_rest:\n  - name: One\n'],
  ['a file that ends with ...', 'server: {}\n\n...\n', 'server: {}\n\noutgoing_rest:\n  - name: One\n\n...\n'],
  ['a file in braces', '{}', '{ outgoing_rest: [{ name: One }] }'],
  ['a file in braces that has more', '{server: {}}\n', '{server: {}, outgoing_rest: [{ name: One }]}\n'],
  ['an empty section', 'outgoing_rest:\nserver: {}\n', 'outgoing_rest:\n  - name: One\nserver: {}\n'],
  ['an empty section that ends the file', 'outgoing_rest:', 'outgoing_rest:\n  - name: One'],
  ['an empty section with a comment', 'outgoing_rest: # none\r\n', 'outgoing_rest: # none\r\n  - name: One\r\n'],
  ['a section []', 'outgoing_rest: []   # none\n', 'outgoing_rest:   # none\n  - name: One\n'],
  ['a section null', 'outgoing_rest: null\nserver: {}\n', 'outgoing_rest:\n  - name: One\nserver: {}\n'],
  ['a section [] over lines', 'outgoing_rest: [\n  # none\n  ]\n', 'outgoing_rest: [\n  # none\n  { name: One } ]\n'],
  ['a section with one item', 'outgoing_rest:\n- name: A\n', 'outgoing_rest:\n- name: A\n\n- name: One\n'],
  [
    'a list on its own indent',
    'outgoing_rest:\n   - name: A\n   - name: B\n',
    'outgoing_rest:\n   - name: A\n   - name: B\n   - name: One\n',
  ],
  [
    'a commented-out item at its end',
    'outgoing_rest:\n  - name: A\n  # - name: B\n',
    'outgoing_rest:\n  - name: A\n\n  - name: One\n  # - name: B\n',
  ],
  [
    'a comment of the last item',
    'outgoing_rest:\n- name: A\n  # a: b\n',
    'outgoing_rest:\n- name: A\n  # a: b\n\n- name: One\n',
  ],
  [
    'another section without blank lines',
    'security:\n- name: S\ngroups:\n- name: G',
    'security:\n- name: S\ngroups:\n- name: G\noutgoing_rest:\n- name: One',
  ],
])('an item is appended to %s', (_, before, after) => {
  expect(editText(before, [one])).toMatchObject({ text: after, reprinted: false })
})

test('the line of an edit is that of its item or field', () => {
  const text = '# a\noutgoing_rest:\n- name: A\n  host: h\n\n- name: B\n'
  expect(editText(text, [one]).line).toBe(8)
  expect(editText(text, [set('A', 'host', 'i')]).line).toBe(4)
  expect(editText(text, [set('A', 'timeout', 1)]).line).toBe(5)
  expect(editText(text, [set('B', 'name', 'C')]).line).toBe(6)
  expect(editText(text, [unset('A', 'host')]).line).toBe(3)
  expect(editText(text, [remove('A')]).line).toBe(3)
})

test('values keep the quotes that stand there, and get some where they would be misread', () => {
  const text = `outgoing_rest:\n- name: A\n  host: "h"\n  url_path: '/a'\n  data_format: json\n`
  expect(edited(text, set('A', 'host', 'a "b" \\'))).toContain('host: "a \\"b\\" \\\\"')
  expect(edited(text, set('A', 'url_path', "it's"))).toContain("url_path: 'it''s'")
  expect(edited(text, set('A', 'data_format', '/a/{b}'))).toContain('data_format: /a/{b}\n')
  expect(edited(text, set('A', 'data_format', '${NAME}'))).toContain('data_format: ${NAME}\n')
  expect(edited(text, set('A', 'data_format', '{b}'))).toContain('data_format: "{b}"\n')
  for (const word of ['yes', 'No', 'on', 'y', '1', '0o7', '1_000', '12:30', '1:30:00', '2024-01-31', 'null', '~', '']) {
    expect(edited(text, set('A', 'data_format', word))).toContain(`data_format: "${word}"\n`)
    expect(edited(text, { kind: 'set', section, name: 'A', field: 'headers', value: { [word]: 'x' } })).toContain(
      `    "${word}": x\n`,
    )
  }
})

test('the last item takes its section along, unless a comment speaks of the section', () => {
  expect(edited('server: {}\n\noutgoing_rest:\n  - name: A\n\ngroups: []\n', remove('A'))).toBe(
    'server: {}\n\ngroups: []\n',
  )
  expect(edited('outgoing_rest:\n  - name: A\n\ngroups: []\n', remove('A'))).toBe('groups: []\n')
  expect(edited('outgoing_rest:\n  # about A\n  - name: A\n', remove('A'))).toBe('')
  expect(edited('# What we call\noutgoing_rest:\n  - name: A\n', remove('A'))).toBe(
    '# What we call\noutgoing_rest: []\n',
  )
  expect(edited('outgoing_rest: # all\n  - name: A\nserver: {}\n', remove('A'))).toBe(
    'outgoing_rest: [] # all\nserver: {}\n',
  )
  expect(edited('outgoing_rest:\n  - name: A\n  # - name: B\n', remove('A'))).toBe('outgoing_rest: []\n  # - name: B\n')
  expect(edited('outgoing_rest: [{ name: A }]', remove('A'))).toBe('outgoing_rest: []')
})

test('an item goes with the comment directly above it and those indented below it, and no other', () => {
  const text = [
    'outgoing_rest:',
    '  # heading',
    '',
    '  # about A',
    '  - name: A',
    '    # below A',
    '',
    '    # still below A',
    '',
    '  # about B',
    '  # more about B',
    '  - name: B',
    '    host: h # trailing',
    '  # at the end',
    '',
  ]
  expect(edited(text.join('\n'), remove('A'))).toBe(text.toSpliced(3, 6).join('\n'))
  expect(edited(text.join('\n'), remove('B'))).toBe(text.toSpliced(8, 5).join('\n'))
})

test('a field goes with the comment directly above it', () => {
  const text = 'outgoing_rest:\n- host: h # of A\n  name: A\n  # seconds\n  timeout: 5 # few\n  # next\n  url_path: /\n'
  expect(edited(text, unset('A', 'timeout'))).toBe(
    'outgoing_rest:\n- host: h # of A\n  name: A\n  # next\n  url_path: /\n',
  )
  expect(edited(text, unset('A', 'host'))).toBe(
    'outgoing_rest:\n- name: A\n  # seconds\n  timeout: 5 # few\n  # next\n  url_path: /\n',
  )
  expect(
    edited('groups:\n- members: [a]\n  # the name\n  name: A\n', {
      kind: 'unset',
      section: 'groups',
      name: 'A',
      field: 'members',
    }),
  ).toBe('groups:\n-\n  # the name\n  name: A\n')
  expect(edited(text, unset('A', 'ping_path'))).toBe(text)
})

test('a new name, and then edits by that name', () => {
  expect(edited('outgoing_rest:\n- name: "A" # a\n', set('A', 'name', 'B'), set('B', 'timeout', 1))).toBe(
    'outgoing_rest:\n- name: "B" # a\n  timeout: 1\n',
  )
})

test('line breaks are those of the line nearby, in a file that has both kinds too', () => {
  const text = 'security:\r\n- name: S\r\n  type: apikey\r\noutgoing_rest:\n- name: A\n'
  const inSecurity = { kind: 'set', section: 'security', name: 'S', field: 'header', value: 'X' } as const
  expect(edited(text, inSecurity, set('A', 'timeout', 1))).toBe(
    'security:\r\n- name: S\r\n  type: apikey\r\n  header: X\r\noutgoing_rest:\n- name: A\n  timeout: 1\n',
  )
})

test('what one place of a file shares with another is not changed behind its back', () => {
  const text = `outgoing_rest:
- &a
  name: A
  headers: &h { X: y }
- name: B
  headers: *h
- <<: *a
  name: C
channel_rest: &all
- name: K
groups: *all
`
  const refusal = (edit: Edit) => {
    try {
      editText(text, [edit])
    } catch (error) {
      return error
    }
    return undefined
  }
  expect(refusal(set('A', 'timeout', 1))).toMatchObject({
    code: 'ZU008',
    message: 'Cannot edit what the anchor "&a" marks: line 7 uses it too',
  })
  expect(refusal(remove('A'))).toMatchObject({ code: 'ZU008' })
  expect(refusal(unset('C', 'headers'))).toMatchObject({
    code: 'ZU008',
    message: 'The field "headers" is merged in with "<<"',
  })
  const inGroups = { kind: 'set', section: 'groups', name: 'K', field: 'members', value: [] } as const
  expect(refusal(inGroups)).toMatchObject({ code: 'ZU008', message: 'Cannot edit below the alias "*all" on line 11' })
  expect(refusal({ ...inGroups, kind: 'append', item: { name: 'L' } })).toMatchObject({ code: 'ZU008' })
  expect(refusal({ ...inGroups, section: 'channel_rest' })).toMatchObject({ code: 'ZU008' })

  expect(edited(text, set('B', 'headers', { X: 'z' }))).toBe(text.replace('headers: *h', 'headers:\n    X: z'))
  expect(edited(text, unset('B', 'headers'))).toBe(text.replace('  headers: *h\n', ''))
  expect(edited(text, remove('C'))).toBe(text.replace('- <<: *a\n  name: C\n', ''))
  const nobodyUses = 'outgoing_rest:\n- name: A\n  host: &h !!str x # c\n'
  expect(edited(nobodyUses, set('A', 'host', 'z'))).toBe('outgoing_rest:\n- name: A\n  host: z # c\n')
})

test.each([
  ['ZC001', 'outgoing_rest: [', /^The file is not valid YAML: .* \(1:17\)$/],
  ['ZC001', 'a: 1\n b: 2\n', /^The file is not valid YAML: Nested mappings .* \(1:4\)$/],
  ['ZC001', 'a: *nothing\n', /^The file is not valid YAML: nothing is marked "&nothing" \(1:4\)$/],
  ['ZC002', 'a: 1\n---\nb: 2\n', /^The file holds more than one YAML document \(2:1\)$/],
  ['ZC003', '- a\n', /^The top level of the file is not a mapping of sections$/],
  ['ZC004', 'a: 1\na: 2\n', /^A key stands twice in one mapping \(2:1\)$/],
  ['ZC104', 'outgoing_rest: no\n', /^The section "outgoing_rest" is not a list$/],
])('a file with %s is refused, and the place named', (code, text, message) => {
  expect(() => editText(text, [one])).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
  )
})

test('aliases that expand without end are refused', () => {
  const bomb = `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}`
  expect(() => editText(bomb, [one])).toThrow(expect.objectContaining({ code: 'ZC005' }))
})

test('an unknown item is refused with the closest name, and no item loses its name', () => {
  const text = 'outgoing_rest:\n- name: Orders\n'
  expect(() => editText(text, [remove('Order')])).toThrow(
    expect.objectContaining({
      code: 'ZU003',
      message: 'Unknown outgoing connection "Order"',
      hint: 'did you mean "Orders"?',
    }),
  )
  expect(() => editText(text, [unset('Orders', 'name')])).toThrow(expect.objectContaining({ code: 'ZU001' }))
})

test('where no local change will do, the file is laid out anew, says so, and keeps its line breaks', () => {
  const text = 'outgoing_rest:\r\n- ? name\r\n  : A # a\r\n  ? host\r\n'
  const { text: after, reprinted } = editText(text, [set('A', 'host', 'h')])
  expect(reprinted).toBe(true)
  expect(parse(after)).toEqual({ outgoing_rest: [{ name: 'A', host: 'h' }] })
  expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
})

test('a file of a megabyte is edited in about the time that it takes to parse it before and after', () => {
  const item = (index: number) =>
    `  # number ${index}\n  - name: API ${index} # one of many\n    host: https://h${index}.test\n    timeout: 30\n\n`
  const count = Math.ceil(2 ** 20 / item(10_000).length)
  const text = `outgoing_rest:\n${Array.from({ length: count }, (_, index) => item(index)).join('')}`
  const timed = (task: () => unknown) => {
    const start = performance.now()
    task()
    return performance.now() - start
  }
  const parsing = Math.max(...Array.from({ length: 3 }, () => timed(() => parseDocument(text).toJS() as unknown)))
  let after = ''
  const editing = timed(() => (after = edited(text, set('API 9000', 'timeout', 5))))
  expect(after.length).toBe(text.length - 1)
  expect(editing).toBeLessThan(5 * parsing)
})
