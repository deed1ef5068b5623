import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createService } from '../../../src/project/scaffold/create-service.js'
import { serviceTemplates } from '../../../src/project/scaffold/templates.js'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'zato-ts-service-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

const orders = { name: 'Orders API', placeholders: ['customer_id'] }

test('a service gets the very name that was given, in a folder for each dot', async () => {
  const created = await createService({ root, services: 'services', name: 'my.api.get-invoice', template: 'blank' })
  expect(created).toEqual({ file: join(root, 'services/my/api/get-invoice.ts'), className: 'GetInvoice' })
  expect(await readFile(created.file, 'utf8')).toBe(`import { Service } from 'zato-ts'

/** Answers with what it was given. */
export class GetInvoice extends Service {
  static override readonly name = 'my.api.get-invoice'

  handle() {
    return { received: this.request.input }
  }
}
`)
})

test('the folder of the services may be an absolute one', async () => {
  const services = join(root, 'src', 'logic')
  const { file } = await createService({ root, services, name: 'ping', template: 'blank' })
  expect(file).toBe(join(services, 'ping.ts'))
})

test('placeholders of the connection are filled from the input', async () => {
  const connection = { name: 'Lines', placeholders: ['order_id', 'line-no'] }
  const { file } = await createService({ root, services: 'services', name: 'get-line', template: 'get', connection })
  const text = await readFile(file, 'utf8')
  expect(text).toContain("const input = this.request.input as { order_id: string; 'line-no': string }\n")
  expect(text).toContain("const params = { order_id: input.order_id, 'line-no': input['line-no'] }\n")
  expect(text).toContain("const conn = this.out.rest['Lines'].conn\n")
})

test.each(serviceTemplates)('no stand-in is left in a service made from "%s"', async (template) => {
  for (const placeholders of [[], ['order_id'], ['a', 'b-c', 'status']]) {
    const name = `made.from-${template}-${placeholders.length}`
    const connection = { name: 'Partner', placeholders }
    const { file } = await createService({ root, services: 'services', name, template, connection })
    const text = await readFile(file, 'utf8')
    expect(text).not.toMatch(/ServiceTemplate|service-template|Orders API|customer_id/)
    expect(text).toContain(`static override readonly name = '${name}'`)
  }
})

test('a connection without placeholders is called without parameters', async () => {
  const connection = { name: 'Partner', placeholders: [] }
  const { file } = await createService({ root, services: 'services', name: 'ask', template: 'status', connection })
  const text = await readFile(file, 'utf8')
  expect(text).toContain('await conn.get(this.cid)\n')
  expect(text).not.toMatch(/input|params/)
})

test('what is put in is never taken for a stand-in or a pattern', async () => {
  const connection = { name: "$& ServiceTemplate's 'Orders API'", placeholders: [] }
  const { file } = await createService({ root, services: 'services', name: 'ask', template: 'get', connection })
  expect(await readFile(file, 'utf8')).toContain(`this.out.rest["$& ServiceTemplate's 'Orders API'"].conn`)
})

test('a service named like a class that its template uses gets another class name', async () => {
  const { className } = await createService({ root, services: 'services', name: 'my.service', template: 'blank' })
  expect(className).toBe('ServiceService')
})

test('a file in the way is kept', async () => {
  const options = { root, services: 'services', name: 'my.ping', template: 'blank' } as const
  const { file } = await createService(options)
  const before = await readFile(file, 'utf8')
  await expect(createService({ ...options, template: 'get', connection: orders })).rejects.toMatchObject({
    code: 'ZU006',
    message: `A file is in the way in "${root}": "services/my/ping.ts"`,
    hint: 'choose another name, or edit the file',
  })
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('a template that calls a connection is refused without one', async () => {
  await expect(createService({ root, services: 'services', name: 'ask', template: 'get' })).rejects.toMatchObject({
    code: 'ZU001',
    message: 'The template "get" calls a connection, and none is named',
    hint: expect.stringContaining('--conn') as string,
  })
})
