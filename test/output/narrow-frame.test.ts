import { expect, test } from 'vitest'
import { narrowFrame } from '../../src/output/narrow-frame.js'

const frame = [
  '3 | export class Call extends Service {',
  '4 |   static override readonly name = "call"',
  '5 |   async handle() { return (await this.out.rest["Nobody"].conn.get(this.cid).data }',
  `  | ${' '.repeat(81)}^`,
  '6 | }',
]

const marked = (lines: readonly string[]) => {
  const index = lines.findIndex((line) => /^ *\| *\^/.test(line))
  const carets = lines[index] ?? ''
  return (lines[index - 1] ?? '').slice(carets.indexOf('^'), carets.length)
}

test('a frame that fits stays as it is', () => {
  expect(narrowFrame(frame, Infinity)).toEqual(frame)
  expect(narrowFrame(frame, 100)).toEqual(frame)
})

test.each([30, 40, 60, 80, 85])('on %i columns no line wraps, and the carets stand below what they mark', (columns) => {
  const lines = narrowFrame(frame, columns)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  expect(lines).toHaveLength(frame.length)
  expect(marked(lines)).toBe('}')
  expect(lines[2]).toContain('…')
})

test('what is marked near the begin of a line is cut behind it', () => {
  const text = ['1 | chanel_rest: [{ name: One, url_path: /one, service: one }]', '  | ^^^^^^^^^^^']
  expect(narrowFrame(text, 40)).toEqual(['1 | chanel_rest: [{ name: One, url_path…', '  | ^^^^^^^^^^^'])
})

test('what is wider than the screen is marked as far as it is shown', () => {
  const [line = '', carets = ''] = narrowFrame([`10 | ${'x'.repeat(90)}`, `   | ${'^'.repeat(90)}`], 40)
  expect([line.length, carets.length]).toEqual([40, 40])
})
