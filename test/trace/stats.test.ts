import { expect, test } from 'vitest'
import { channels, serveProject, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

test('what came last is known after five minutes too, when nothing of it is counted any more', async () => {
  const project = await serveProject({
    'zato.yaml': channels('orders'),
    'services/orders.ts': service('orders', `return 'done'`),
  })
  await project.get('/orders')
  const stats = (later = 0) => project.server.traces?.stats(Date.now() + later).channels.get('orders')
  await until(() => stats()?.count === 1)
  const { p50Ms, p95Ms, ...rest } = stats(10 * 60 * 1000) ?? {}
  expect(rest).toMatchObject({ count: 0, errors: 0, last: { result: '200' } })
  expect([p50Ms, p95Ms]).toEqual([undefined, undefined])
})
