import { expect, test } from 'vitest'
import { listRoutes } from '../../src/channel/routes.js'
import { apiKey, channel, project } from './projects.js'

const paths = (...channels: ReturnType<typeof channel>[]) =>
  listRoutes(project({ channelRest: channels })).map(({ method, path }) => `${method ?? 'any'} ${path}`)

test('routes are listed in the order in which they are tried', () => {
  const list = paths(
    channel('/{rest}', { matchSlash: true }),
    channel('/orders/{id}'),
    channel('/orders/{id}.json'),
    channel('/orders/{id}', { method: 'POST' }),
    channel('/orders/{id}', { method: 'GET' }),
    channel('/orders/all'),
    channel('/{x}/all'),
    channel('/orders'),
    channel('/customers/{id}/orders'),
  )
  expect(list).toEqual([
    'any /customers/{id}/orders',
    'any /orders',
    'any /orders/all',
    'any /orders/{id}.json',
    'GET /orders/{id}',
    'POST /orders/{id}',
    'any /orders/{id}',
    'any /{x}/all',
    'any /{rest}',
  ])
})

test('a route says what answers it, what protects it and why it refuses', () => {
  const refusal = { code: 'missing-variable', reason: 'KEY is not set' } as const
  const routes = listRoutes(
    project({
      security: [apiKey('Key', { refusal })],
      groups: [
        { name: 'A', members: [] },
        { name: 'B', members: [] },
      ],
      channelRest: [
        channel('/a', { name: 'Open', service: 'my.open' }),
        channel('/b', { name: 'Groups', groups: ['A', 'B'], isActive: false }),
        channel('/c', { name: 'Both', security: 'Key', groups: ['A'] }),
        channel('/d', { name: 'Own', refusal }),
      ],
    }),
  )
  const common = { method: undefined, service: 'test.echo', security: undefined, isActive: true }
  expect(routes).toEqual([
    { ...common, path: '/a', channel: 'Open', service: 'my.open' },
    { ...common, path: '/b', channel: 'Groups', security: 'group A + group B', isActive: false },
    {
      ...common,
      path: '/c',
      channel: 'Both',
      security: 'Key + group A',
      refusal: { code: 'inactive-security', reason: 'The security definition "Key" cannot be used: KEY is not set' },
    },
    { ...common, path: '/d', channel: 'Own', refusal },
  ])
})
