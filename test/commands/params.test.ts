import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readParams, spreadVariadic } from '../../src/commands/params.js'

const files: Record<string, string> = { '@p.json': '{"status": "pending", "n": 1}', '-': '{"from": "stdin"}' }

function readText(source: string): Promise<string> {
  const text = files[source]
  return text === undefined ? Promise.reject(new Error(`no file ${source}`)) : Promise.resolve(text)
}

const read = (...texts: string[]) => readParams(texts, readText)

describe('how the words behind --params are read', () => {
  const name = 'Orders API'
  const table: [given: string[], spread: string[]][] = [
    [
      ['--params', 'a=1', '--params', 'b=2', name],
      ['--params', 'a=1', '--params', 'b=2', name],
    ],
    [
      ['--params', 'a=1', 'b=2', name],
      ['--params', 'a=1', '--params', 'b=2', name],
    ],
    [
      ['--params', 'a=1', name],
      ['--params', 'a=1', name],
    ],
    [
      [name, '--params', 'a=1', 'b=2'],
      [name, '--params', 'a=1', '--params', 'b=2'],
    ],
    [
      [name, '--params', 'a=1', 'b=2', '-v'],
      [name, '--params', 'a=1', '--params', 'b=2', '-v'],
    ],
    [
      ['--params=a=1', 'b=2', name],
      ['--params=a=1', '--params', 'b=2', name],
    ],
    [
      ['--params', '{"a":1}', name],
      ['--params', '{"a":1}', name],
    ],
    [
      ['--params', 'a=1', '{"b":2}', '@p.json', name],
      ['--params', 'a=1', '--params', '{"b":2}', '--params', '@p.json', name],
    ],
    [
      ['--params', '-', name],
      ['--params', '-', name],
    ],
    [
      ['--params', '-x=1', name],
      ['--params', '-x=1', name],
    ],
    [
      ['--params', 'q=a b = c', 'r=', name],
      ['--params', 'q=a b = c', '--params', 'r=', name],
    ],
    [
      ['--params', 'a=1', '--', 'b=2'],
      ['--params', 'a=1', '--', 'b=2'],
    ],
    [
      ['--', '--params', 'a=1', 'b=2'],
      ['--', '--params', 'a=1', 'b=2'],
    ],
    [['--params'], ['--params']],
  ]
  for (const [given, spread] of table) {
    test(given.join(' '), () => {
      expect(spreadVariadic(given, '--params')).toEqual(spread)
    })
  }
})

describe('what parameters come out', () => {
  const table: [string[], Record<string, unknown>][] = [
    [['a=1', 'b=2'], { a: '1', b: '2' }],
    [['a=1=2', 'b='], { a: '1=2', b: '' }],
    [['a=1', 'a=2', 'a=3'], { a: ['1', '2', '3'] }],
    [['{"a": 1, "b": [true, null]}'], { a: 1, b: [true, null] }],
    [['@p.json', 'status=open'], { status: 'open', n: 1 }],
    [['n=7', '@p.json'], { status: 'pending', n: 1 }],
    [['-', 'a=1'], { from: 'stdin', a: '1' }],
    [[], {}],
  ]
  for (const [texts, params] of table) {
    test(texts.join(' ') || 'nothing', async () => {
      expect(await read(...texts)).toEqual(params)
    })
  }
})

test('what is neither a pair nor a JSON object is refused with the right spelling', async () => {
  await expect(read('customer_id')).rejects.toMatchObject({ code: 'ZU001', message: '"customer_id" is no parameter' })
  await expect(read('=1')).rejects.toMatchObject({ code: 'ZU001' })
  await expect(read('{"a":')).rejects.toMatchObject({ code: 'ZU001' })
  await expect(read('{} []')).rejects.toMatchObject({ code: 'ZU001' })
})

test('__proto__ is a parameter like any other', async () => {
  const params = await read('__proto__=x', '{"constructor": 1}')
  expect(Object.entries(params)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 1],
  ])
})

test('each pair comes out with exactly its value', async () => {
  const key = fc.stringMatching(/^[a-zA-Z_][\w-]{0,8}$/)
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, fc.string()), async (params) => {
      expect(await read(...Object.entries(params).map(([name, value]) => `${name}=${value}`))).toEqual({ ...params })
    }),
  )
})
