import { expect, test } from 'vitest'
import { routeOf } from '../../../src/dashboard/app/core/routes.js'

test.each([
  ['/', { page: 'traces' }],
  ['/traces', { page: 'traces' }],
  ['/traces/abc', { page: 'trace', cid: 'abc', spanId: undefined }],
  ['/traces/abc/7', { page: 'trace', cid: 'abc', spanId: 7 }],
  ['/traces/abc/x', { page: 'unknown' }],
  ['/connections', { page: 'connections' }],
  ['/connections/new', { page: 'new-connection' }],
  ['/connections/Orders%20API', { page: 'connection', name: 'Orders API' }],
  ['/connections/Orders%20API/try', { page: 'connection', name: 'Orders API' }],
  ['/connections/a%2Fb', { page: 'connection', name: 'a/b' }],
  ['/connections/%E0%A4%A', { page: 'connection', name: '%E0%A4%A' }],
  ['/services/new', { page: 'service', name: 'new' }],
  ['/logs', { page: 'logs' }],
  ['/logs/x', { page: 'unknown' }],
  ['/nothing', { page: 'unknown' }],
])('%s', (path, expected) => {
  expect(routeOf(path)).toEqual(expected)
})
