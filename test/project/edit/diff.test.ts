import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unifiedDiff } from '../../../src/project/edit/diff.js'

const diff = (before: string, after: string) => unifiedDiff(before, after, { name: 'zato.yaml' })

/** Applies a diff of one file, line by line, and fails where it does not fit. */
function patch(before: string, changes: string): string {
  const lines = before.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const result: string[] = []
  let at = 0
  for (const hunk of changes.split(/^(?=@@ )/m).slice(1)) {
    const [header = '', ...body] =
      hunk.replaceAll('\n\\ No newline at end of file\n', '\n\\').match(/[^\n]*\n\\?/g) ?? []
    const [, start, length = '1'] = /^@@ -(\d+)(?:,(\d+))? /.exec(header) ?? []
    const from = Number(start) - (length === '0' ? 0 : 1)
    result.push(...lines.slice(at, from))
    at = from
    for (const line of body) {
      const text = line.endsWith('\n\\') ? line.slice(1, -2) : line.slice(1)
      if (line[0] !== '+') expect(lines[at++]).toBe(text)
      if (line[0] !== '-') result.push(text)
    }
  }
  return [...result, ...lines.slice(at)].join('')
}

const texts = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', '-x', '+y', '@@', 'r\r'), { maxLength: 30 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))

test('a diff turns the one text into the other', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      expect(patch(before, diff(before, after))).toBe(after)
    }),
    { numRuns: 1_000 },
  )
})

test('git applies it, also where line breaks are CRLF or missing at the end', () => {
  const dir = mkdtempSync(join(tmpdir(), 'diff-'))
  const file = join(dir, 'zato.yaml')
  const numbers = Array.from({ length: 40 }, (_, index) => `line ${index}`)
  const [before, after] = [
    numbers.join('\r\n'),
    `${numbers.with(3, 'x').toSpliced(20, 2).with(30, 'y').join('\r\n')}\r\n`,
  ]
  try {
    writeFileSync(file, before)
    writeFileSync(join(dir, 'patch'), diff(before, after))
    execFileSync('git', ['apply', '--whitespace=nowarn', 'patch'], { cwd: dir })
    expect(readFileSync(file, 'utf8')).toBe(after)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('shows three lines around a change, and two changes far apart in a hunk each', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => String(index + 1))
  const text = (lines: string[]) => `${lines.join('\n')}\n`
  expect(diff(text(numbers), text(numbers.with(4, 'five').toSpliced(15, 1)))).toBe(
    text([
      ...['--- a/zato.yaml', '+++ b/zato.yaml'],
      ...['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
      ...['@@ -13,7 +13,6 @@', ' 13', ' 14', ' 15', '-16', ' 17', ' 18', ' 19'],
    ]),
  )
  expect(diff('', 'a\n')).toBe('--- a/zato.yaml\n+++ b/zato.yaml\n@@ -0,0 +1 @@\n+a\n')
  expect(diff('a\n', 'a')).toBe('--- a/zato.yaml\n+++ b/zato.yaml\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n')
  expect(diff('a', 'a')).toBe('')
})

test('two long texts with nothing in common are compared at once', () => {
  const lines = (prefix: string) => Array.from({ length: 5_000 }, (_, index) => `${prefix}${index}\n`).join('')
  expect(patch(lines('a'), diff(lines('a'), lines('b')))).toBe(lines('b'))
})
