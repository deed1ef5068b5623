import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkChannelServices } from '../../src/project/check-services.js'
import { readProject } from '../../src/project/read.js'
import { temporaryProject } from '../helpers/temporary-project.js'

const channels = `channel_rest:
  - name: One
    service: my.api.get-order
    url_path: /one
  - name: Two
    service: my.api.get-ordr
    url_path: /two
  - { name: Three, url_path: /three, service: nothing.like-it }
`

async function problemsOf(text: string, services: readonly string[]) {
  const file = join(await temporaryProject({ 'zato.yaml': text }), 'zato.yaml')
  return checkChannelServices(await readProject({ file, env: {} }), services)
}

test('a service that exists is no problem', async () => {
  expect(await problemsOf(channels, ['my.api.get-order', 'my.api.get-ordr', 'nothing.like-it'])).toEqual([])
})

test('whoever is told the results of health checks must be there too', async () => {
  const text = `outgoing_rest:
  - { name: A, host: 'http://x', health_check_callback_name: my.pager }
  - { name: B, host: 'http://x', health_check_callback_type: rest, health_check_callback_name: A }
`
  expect(await problemsOf(text, ['my.pager'])).toEqual([])
  expect(await problemsOf(text, ['my.pagers'])).toMatchObject([
    { message: 'There is no service "my.pager"', hint: 'did you mean "my.pagers"?', line: 2, column: 62 },
  ])
  const file = join(await temporaryProject({ 'zato.yaml': text.replace('_name: A }', '_name: C }') }), 'zato.yaml')
  const { problems } = await readProject({ file, env: {} })
  expect(problems).toMatchObject([{ code: 'ZC105', scope: 'item', message: 'There is no connection "C"', line: 3 }])
})

test('one that does not is a problem at its name, with the nearest one or how to make it', async () => {
  expect(await problemsOf(channels, ['my.api.get-order'])).toMatchObject([
    {
      code: 'ZC203',
      scope: 'item',
      message: 'There is no service "my.api.get-ordr"',
      hint: 'did you mean "my.api.get-order"?',
      line: 6,
      column: 14,
      length: 15,
      frame: expect.stringContaining('6 |     service: my.api.get-ordr\n  |              ^^^^^^^^^^^^^^^') as string,
    },
    { line: 8, column: 47, hint: '"zato-ts service add nothing.like-it" creates it' },
  ])
})

test('mistakes elsewhere, or in the same channel, hide none of them', async () => {
  const text = `outgoing_rest:
  - { name: A, host: 'http://x', headers: [a, b], health_check_callback_name: my.pager }
channel_rest:
  - { name: One, url_path: [/one], service: nothing.like-it }
`
  expect(await problemsOf(text, ['one'])).toMatchObject([
    { message: 'There is no service "nothing.like-it"', line: 4 },
    { message: 'There is no service "my.pager"', line: 2 },
  ])
})

test('a service whose name needs a missing variable is told as such alone', async () => {
  expect(await problemsOf('channel_rest:\n  - { name: A, service: "${S}", url_path: /a }\n', ['s'])).toEqual([])
})
