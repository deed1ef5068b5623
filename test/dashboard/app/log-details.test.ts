import { expect, test } from 'vitest'
import { readableDetails } from '../../../src/dashboard/app/core/log-details.js'

test('fields stand one on a line, those of objects further in, and a stack is lines', () => {
  const fields = {
    code: 'ZS500',
    count: 3,
    none: null,
    list: [],
    of: { id: 1 },
    stack: 'Error: no\n    at Throws.handle (services/a.ts:4:5)',
  }
  expect(readableDetails(JSON.stringify(fields, undefined, 2))).toBe(`code: ZS500
count: 3
none: null
list: []
of:
  id: 1
stack:
  Error: no
      at Throws.handle (services/a.ts:4:5)`)
})

test('details that were cut stay as they are', () => {
  expect(readableDetails('{\n  "a": "lo')).toBe('{\n  "a": "lo')
})
