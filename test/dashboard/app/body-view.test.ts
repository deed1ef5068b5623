import { expect, test } from 'vitest'
import { bodyForms, bytesOf, hexOf } from '../../../src/dashboard/app/core/body-view.js'

const png = { base64: 'iVBORw0KGgo=', type: 'image/png', bytes: 8, keptBytes: 8 }

test('a picture is shown if all of it was kept; a document that can draw is not', () => {
  expect(bodyForms(png)).toEqual(['Image', 'Hex'])
  expect(bodyForms({ ...png, bytes: 9 })).toEqual(['Hex'])
  expect(bodyForms({ ...png, type: 'image/svg+xml' })).toEqual(['Hex'])
  expect(bodyForms({ ...png, type: 'text/html; image/png' })).toEqual(['Hex'])
})

test('what is saved are the bytes that were kept', () => {
  expect([...bytesOf(png)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  expect(new TextDecoder().decode(bytesOf({ text: 'Grüße', bytes: 7, keptBytes: 7 }))).toBe('Grüße')
  expect(hexOf(png.base64)).toContain('89 50 4e 47')
})
