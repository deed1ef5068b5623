import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Field, Fields } from '../../src/project/fields.js'
import { projectJsonSchema } from '../../src/project/json-schema.js'
import { readProject } from '../../src/project/read.js'
import { ignoredSections, oauthFields } from '../../src/project/schema.js'
import { itemFields, securityFields, settingsFields } from '../../src/project/sections.js'

/**
 * docs/project-file.md holds a table for each section, between comments that name it. This test holds them equal to the
 * schema; UPDATE_DOCS=1 writes them.
 */

const page = fileURLToPath(new URL('../../docs/project-file.md', import.meta.url))
const example = fileURLToPath(new URL('../../zato.yaml.example', import.meta.url))

const tables: Readonly<Record<string, Fields>> = {
  ...itemFields,
  'security basic_auth': securityFields.basic_auth ?? {},
  'security apikey': securityFields.apikey ?? {},
  'security bearer_token': securityFields.bearer_token ?? {},
  'security bearer_token fetched': oauthFields,
  'security mtls': securityFields.mtls ?? {},
  ...settingsFields,
}

const isServed = (field: Field) => field.support === 'served'

function typeOf({ kind, values, integer }: Field): string {
  if (kind === 'enum') return (values ?? []).map((value) => `\`${value}\``).join(', ')
  if (kind === 'number') return integer ? 'whole number' : 'number'
  const names: Record<string, string> = {
    stringMap: 'mapping of text',
    stringList: 'list of text',
    boolean: '`true`, `false`',
    reference: 'name',
    size: 'size',
    host: 'address',
    path: 'path',
    file: 'file',
    secret: 'secret',
    url: 'address',
    proxy: 'address',
    mapping: 'mapping',
    rows: 'rows of `key`, `value`, `mode`',
    words: 'words: text or a list',
    pairs: 'list of `key=value`, or mapping',
  }
  return names[kind] ?? 'text'
}

function defaultOf({ required, default: value, kind }: Field): string {
  if (required) return '**required**'
  if (value === undefined) return ''
  if (kind === 'size') return `${Number(value) / 1024 / 1024} MB`
  return typeof value === 'string' && value !== '' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``
}

function tableOf(fields: Fields): string {
  const rows = Object.entries(fields)
    .filter(([, field]) => isServed(field))
    .map(([name, field]) => {
      const aliases = (field.aliases ?? []).map((alias) => ` Also \`${alias}\`.`).join('')
      const refused = field.refusedValues
        ? ` Not served yet: ${field.refusedValues.map((value) => `\`${value}\``).join(', ')}.`
        : ''
      return `| \`${name}\` | ${typeOf(field)} | ${defaultOf(field)} | ${field.doc}${aliases}${refused} |`
    })
  const unserved = (support: string) =>
    Object.entries(fields)
      .filter(([, field]) => field.support === support)
      .map(([name]) => `\`${name}\``)
      .join(', ')
  const notes = [
    unserved('refused') && `Not served yet, an error on the item: ${unserved('refused')}.`,
    unserved('ignored') && `Known and left out, with a warning: ${unserved('ignored')}.`,
  ].filter(Boolean)
  return [['| Field | Type | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n'), ...notes].join('\n\n')
}

test('docs/project-file.md describes exactly the fields of the schema', () => {
  let text = readFileSync(page, 'utf8')
  for (const [name, fields] of Object.entries(tables)) {
    const block = new RegExp(`(<!-- fields: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
    expect(text).toMatch(block)
    text = text.replace(block, (_, start: string, end: string) => `${start}\n${tableOf(fields)}\n\n${end}`)
  }
  const sections = ignoredSections.map((section) => `\`${section}\``).join(', ')
  text = text.replace(
    /(<!-- ignored sections -->\n)[\s\S]*?(<!-- end -->)/,
    (_, start: string, end: string) => `${start}\n${sections}\n\n${end}`,
  )
  if (process.env.UPDATE_DOCS) writeFileSync(page, text)
  expect(readFileSync(page, 'utf8')).toBe(text)
})

const exampleEnvironment = {
  ORDERS_PASSWORD: 'long-enough',
  PARTNER_KEY: 'long-enough',
  BILLING_TOKEN: 'long-enough',
  SHIPPING_SECRET: 'long-enough',
  SHOP_KEY_PASSPHRASE: 'long-enough',
}

test('zato.yaml.example has no problem', async () => {
  const { problems, project } = await readProject({ file: example, env: exampleEnvironment })
  expect(problems).toEqual([])
  expect(project?.outgoingRest.length).toBeGreaterThan(0)
})

test('zato.yaml.example holds every served field of every section, once', () => {
  const text = readFileSync(example, 'utf8')
  const data = parse(text) as Record<string, unknown>
  const written = (items: readonly Record<string, unknown>[]) => items.flatMap((item) => Object.keys(item))
  for (const [section, fields] of Object.entries({ ...itemFields, ...settingsFields })) {
    const value = data[section]
    const names = Array.isArray(value) ? written(value as Record<string, unknown>[]) : Object.keys(value as object)
    const served = Object.entries(fields).filter(([, field]) => isServed(field))
    for (const [name] of served) expect(names, `${section}.${name}`).toContain(name)
    const optional = served.filter(([, field]) => !field.required).map(([name]) => name)
    expect(names.filter((name) => optional.includes(name)).sort(), section).toEqual([...optional].sort())
  }
  for (const [type, fields] of [...Object.entries(securityFields), ['bearer_token', oauthFields] as const]) {
    const items = (data.security as Record<string, unknown>[]).filter((item) => item.type === type)
    for (const [name, field] of Object.entries(fields)) {
      if (isServed(field) && name !== 'is_active') expect(written(items), `${type}.${name}`).toContain(name)
    }
  }
})

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(projectJsonSchema())

test('the JSON Schema accepts the example and the template', () => {
  for (const file of [example, fileURLToPath(new URL('../../templates/project/zato.yaml', import.meta.url))]) {
    validate(parse(readFileSync(file, 'utf8')))
    expect(validate.errors).toBeNull()
  }
})

test('the JSON Schema refuses what the reader refuses', () => {
  for (const bad of [
    { outgoing_rst: [] },
    { outgoing_rest: [{ name: 'A' }] },
    { outgoing_rest: [{ name: 'A', host: 'http://a.test', data_fromat: 'json' }] },
    { outgoing_rest: [{ name: 'A', host: 'http://a.test', timeout: 9000 }] },
    { channel_rest: [{ name: 'A', service: 's', url_path: '/', method: 'GTE' }] },
    { security: [{ name: 'A', type: 'basic_auth', username: 'u' }] },
    { security: [{ name: 'A', type: 'basc_auth' }] },
    { server: { prot: 1 } },
  ]) {
    expect(validate(bad), JSON.stringify(bad)).toBe(false)
  }
})

test('the JSON Schema accepts references, extensions and definitions that are not served yet', () => {
  for (const good of [
    { 'x-anything': 1, server: { port: '${PORT}' } },
    { outgoing_rest: [{ name: 'A', host: 'http://a.test', timeout: '${T:-3}', 'x-team': 'b' }] },
    {
      security: [{ name: 'A', type: 'bearer_token', auth_server_url: 'https://a.test', username: 'u', password: 'p' }],
    },
    { security: [{ name: 'A', type: 'mtls', cert_path: 'a' }] },
  ]) {
    validate(good)
    expect(validate.errors, JSON.stringify(good)).toBeNull()
  }
})
