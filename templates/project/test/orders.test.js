import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startProject } from 'zato-ts/testing'

/** @type {Awaited<ReturnType<typeof startProject>>} */
let project

before(async () => {
  project = await startProject({ cwd: import.meta.dirname })
})

after(() => project.close())

test('orders are fetched by customer and status', async () => {
  const response = await project.fetch('/api/customers/12345/orders?status=pending')
  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), {
    customer_id: '12345',
    orders: [{ id: 'A-1001', status: 'pending', total: 12.5 }],
  })
})

test('the status of the API is passed on', async () => {
  const response = await project.fetch('/api/customers/0/orders')
  assert.equal(response.status, 404)
})

test('an order is created with the body that was sent', async () => {
  const order = { lines: [{ sku: 'tea', quantity: 2 }] }
  const response = await project.fetch('/api/customers/12345/orders', { method: 'POST', body: JSON.stringify(order) })
  assert.equal(response.status, 201)
  const created = await response.json()
  assert.equal(created.customer_id, '12345')
  assert.deepEqual(created.order, order)
})
