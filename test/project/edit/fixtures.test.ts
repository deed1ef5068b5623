import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Edit, editText } from '../../../src/project/edit/edit.js'

const text = (path: string) => readFileSync(new URL(`fixtures/${path}.yaml`, import.meta.url), 'utf8')

type Section = Edit['section']
const set = (section: Section, name: string, field: string, value: unknown): Edit => ({
  kind: 'set',
  section,
  name,
  field,
  value,
})
const unset = (section: Section, name: string, field: string): Edit => ({ kind: 'unset', section, name, field })
const remove = (section: Section, name: string): Edit => ({ kind: 'remove', section, name })
const append = (section: Section, item: Record<string, unknown>): Edit => ({ kind: 'append', section, item })

const commented = [
  set('outgoing_rest', 'Orders API', 'host', 'https://orders.example.org'),
  set('outgoing_rest', 'Orders API', 'headers', { 'X-Team': 'sales', 'X-New': 'yes' }),
  set('outgoing_rest', 'Orders API', 'timeout', 5),
  set('outgoing_rest', 'Orders API', 'data_format', 'xml'),
  unset('outgoing_rest', 'Billing', 'security'),
  append('outgoing_rest', { name: 'Rates', host: 'https://rates.example.com', url_path: '/{currency}' }),
  append('channel_rest', { name: 'Quotes', url_path: '/quotes/{currency}', service: 'quotes.get' }),
  set('outgoing_rest', 'Billing', 'name', 'Invoices'),
]

const cases: Record<string, readonly Edit[]> = {
  commented,
  'commented-crlf': commented,
  unindented: [
    append('outgoing_rest', { name: 'Three', host: 'https://three.example.com', headers: { 'X-A': 'a' } }),
    set('groups', 'Partners', 'members', ['A key', 'C key', 'D key']),
    append('groups', { name: 'Friends', members: ['A key'] }),
  ],
  wide: [
    append('security', { name: 'C key', type: 'basic_auth', username: 'c', password: '${C:?ask "Carl": he knows}' }),
    remove('security', 'B key'),
  ],
  flow: [
    set('outgoing_rest', 'One', 'host', 'https://one.example.org'),
    set('outgoing_rest', 'One', 'timeout', 3),
    set('outgoing_rest', 'One', 'headers', { 'X-A': 'a', 'X-C': '{c}' }),
    set('outgoing_rest', 'Two', 'url_path', '/a/{b}'),
    set('groups', 'G', 'members', ['A', 'C']),
    append('groups', { name: 'H', members: ['A'] }),
    append('channel_rest', { name: 'C', url_path: '/c/{d}', service: 'c' }),
  ],
  below: [
    set('outgoing_rest', 'One', 'host', 'https://eins.example.com'),
    set('outgoing_rest', 'One', 'description', 'Größe: 1'),
    set('outgoing_rest', 'One', 'headers', { 'X-A': '日本' }),
    set('outgoing_rest', 'One', 'name', 'Eins – «1»'),
  ],
  'block-scalar-last': [
    set('outgoing_rest', 'One', 'timeout', 5),
    append('outgoing_rest', { name: 'Two', host: 'https://two.example.com', description: 'a\nb: c' }),
  ],
  anchors: [
    set('outgoing_rest', 'One', 'host', 'https://one.example.org'),
    set('outgoing_rest', 'One', 'timeout', 20),
    set('outgoing_rest', 'Two', 'headers', { 'X-Team': 'sales' }),
    remove('outgoing_rest', 'Three'),
  ],
  json: [
    set('outgoing_rest', 'One', 'timeout', 5),
    append('outgoing_rest', { name: 'Two', host: 'https://two.example.com', url_path: '/{a}' }),
    append('groups', { name: 'G', members: ['A'] }),
  ],
}

test.each(Object.entries(cases))('the file "%s" is edited as a careful person would', (name, edits) => {
  const edited = editText(text(`${name}/before`), edits)
  expect(edited.text).toBe(text(`${name}/after`))
  expect(edited.reprinted).toBe(false)
})

test('edits that are undone leave the file as it was', () => {
  const before = text('commented/before')
  const there = editText(before, [
    set('outgoing_rest', 'Orders API', 'timeout', 5),
    set('outgoing_rest', 'Orders API', 'host', 'https://elsewhere.test'),
    append('outgoing_rest', { name: 'Rates', host: 'https://rates.example.com' }),
    append('groups', { name: 'G', members: ['Billing key'] }),
  ]).text
  const back = editText(there, [
    remove('groups', 'G'),
    remove('outgoing_rest', 'Rates'),
    set('outgoing_rest', 'Orders API', 'host', 'https://orders.example.com'),
    set('outgoing_rest', 'Orders API', 'timeout', 30),
  ]).text
  expect(back).toBe(before)
})
