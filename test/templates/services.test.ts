import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ESLint } from 'eslint'
import { defineConfig } from 'eslint/config'
import * as prettier from 'prettier'
import tseslint from 'typescript-eslint'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { renderEnvTypes } from '../../src/project/env-types.js'
import { createService } from '../../src/project/scaffold/create-service.js'
import { serviceTemplates } from '../../src/project/scaffold/templates.js'
import { type TestProject, startProject } from '../../src/testing.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { type LinkedProject, createLinkedProject, packageRoot } from './linked-project.js'

/** Connections of every shape that a path can have. */
const connections = [
  { name: 'Plain', urlPath: '/plain' },
  { name: 'Orders', urlPath: '/customers/{customer_id}/orders' },
  { name: 'Bob’s "odd" \'API\'', urlPath: '/{order-id}/{status}/{class}' },
]

const placeholdersIn = (path: string) => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '')

/** A service of each template for each connection; each has a channel of its own. */
const cases = serviceTemplates.flatMap((template) =>
  connections.map(({ name, urlPath }, index) => ({
    template,
    connection: { name, placeholders: placeholdersIn(urlPath) },
    service: `made.${template}-${index}`,
    path: `/${template}-${index}${urlPath}`,
  })),
)

function projectFile(upstream: string): string {
  const outgoing = connections.map(({ name, urlPath }) => ({ name, host: upstream, url_path: urlPath }))
  const channels = cases.map(({ service, path }) => ({ name: service, service, url_path: path }))
  // JSON is YAML.
  return JSON.stringify({ outgoing_rest: outgoing, channel_rest: channels })
}

let project: LinkedProject
let upstream: Upstream
let files: string[]

beforeAll(async () => {
  upstream = await startUpstream()
  project = await createLinkedProject()
  await writeFile(join(project.dir, 'zato.yaml'), projectFile(upstream.url))
  await writeFile(join(project.dir, 'zato-env.d.ts'), renderEnvTypes([...connections, ordersApi]))
  files = await Promise.all(
    cases.map(async ({ service, template, connection }) => {
      const options = { root: project.dir, services: 'services', name: service, template, connection }
      return (await createService(options)).file
    }),
  )
})

/** What the services of the generated project call. */
const ordersApi = { name: 'Orders API', urlPath: '/customers/{customer_id}/orders' }

afterAll(async () => {
  await project.remove()
  await upstream.close()
})

test('services made from every template, for connections with placeholders and without, compile', async () => {
  expect(files).toHaveLength(18)
  expect(await project.typeCheck()).toBe('')
})

test('they pass the strictest lint', async () => {
  const eslint = new ESLint({
    cwd: project.dir,
    overrideConfigFile: true,
    overrideConfig: defineConfig(...tseslint.configs.strictTypeChecked, {
      languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: project.dir } },
      rules: { '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }] },
    }),
  })
  const results = await eslint.lintFiles(files)
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message }) => `${relative(project.dir, filePath)}:${line} ${message}`),
  )
  expect(results).toHaveLength(files.length)
  expect(found).toEqual([])
})

describe('served, with an upstream that records', () => {
  let running: TestProject

  beforeAll(async () => {
    running = await startProject({ cwd: project.dir })
  })

  afterAll(() => running.close())

  beforeEach(() => {
    upstream.reset()
    upstream.reply({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"from":"upstream"}' })
  })

  const paths = ['/plain', '/customers/12345/orders', '/7/open/first']

  test.each([0, 1, 2])('get fetches and answers with what came back (connection %i)', async (index) => {
    const response = await running.fetch(`/get-${index}${paths[index]}`)
    expect([response.status, await response.json()]).toEqual([200, { from: 'upstream' }])
    expect(upstream.requests.map(({ method, url }) => [method, url])).toEqual([['GET', paths[index]]])
  })

  test.each([0, 1, 2])('post sends an object and answers with status and body (connection %i)', async (index) => {
    upstream.reply({ status: 201, headers: { 'content-type': 'application/json' }, body: '{"id":1}' })
    const body = { lines: [{ sku: 'tea' }] }
    const response = await running.fetch(`/post-${index}${paths[index]}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'X-Zato-CID': 'cid-of-mine' },
    })
    expect([response.status, await response.json()]).toEqual([201, { id: 1 }])
    expect(upstream.requests.map(({ method, url }) => [method, url])).toEqual([['POST', paths[index]]])
    expect(JSON.parse(String(upstream.requests[0]?.body))).toEqual({
      source: { service: `made.post-${index}`, cid: 'cid-of-mine' },
      data: body,
    })
  })

  test.each([
    [0, 'status=open', '/plain?status=open&sort=date&sort=id'],
    [1, 'status=open', '/customers/12345/orders?status=open&sort=date&sort=id'],
    [1, '', '/customers/12345/orders?sort=date&sort=id'],
    [2, 'status_=open', '/7/open/first?status_=open&sort=date&sort=id'],
  ])('params fill the path and the rest is the query string (connection %i, %s)', async (index, query, url) => {
    await running.fetch(`/params-${index}${paths[index]}?${query}`)
    expect(upstream.requests.map((request) => request.url)).toEqual([url])
  })

  test.each([0, 1, 2])('headers are sent, the cid in one of them (connection %i)', async (index) => {
    const response = await running.fetch(`/headers-${index}${paths[index]}`, {
      headers: { 'X-Zato-CID': 'cid-of-mine' },
    })
    expect(response.status).toBe(200)
    expect(upstream.requests[0]?.headers).toMatchObject({
      'x-request-source': `made.headers-${index}`,
      'x-correlation-id': 'cid-of-mine',
    })
  })

  test.each([0, 1, 2])(
    'status passes 200 on, gives 404 a body of its own, and fails otherwise (connection %i)',
    async (index) => {
      const ask = () => running.fetch(`/status-${index}${paths[index]}`)
      expect(await (await ask()).json()).toEqual({ from: 'upstream' })

      upstream.reply({ status: 404, body: 'upstream detail' })
      const missing = await ask()
      expect([missing.status, await missing.json()]).toEqual([404, { error: 'There is no such thing' }])

      upstream.reply({ status: 503, body: 'upstream detail' })
      const failed = await ask()
      expect(failed.status).toBe(500)
      expect(failed.headers.get('content-type')).toContain('application/problem+json')
      expect(await failed.text()).not.toMatch(/status 503|upstream detail/)
    },
  )

  test('blank answers with what it was given', async () => {
    const response = await running.fetch('/blank-1/customers/12345/orders?a=1')
    expect(await response.json()).toEqual({ received: { customer_id: '12345', a: '1' } })
    expect(upstream.requests).toEqual([])
  })
})

test('they are formatted as Prettier would', async () => {
  const config = await prettier.resolveConfig(join(packageRoot, 'package.json'))
  for (const file of files.filter((path) => /-[01]\.ts$/.test(path))) {
    const text = await readFile(file, 'utf8')
    expect(await prettier.format(text, { ...config, filepath: file })).toBe(text)
  }
})
