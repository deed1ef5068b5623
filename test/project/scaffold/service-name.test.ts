import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeService } from '../../../src/project/scaffold/service-name.js'

test.each([
  ['my.api.get-customer-orders', 'my/api/get-customer-orders.ts', 'GetCustomerOrders'],
  ['ping', 'ping.ts', 'Ping'],
  ['billing.getInvoice', 'billing/get-invoice.ts', 'GetInvoice'],
  ['billing.get_invoice', 'billing/get-invoice.ts', 'GetInvoice'],
  ['v2.orders.list-2024', 'v2/orders/list-2024.ts', 'List2024'],
])('%s is put into %s as %s', (name, path, className) => {
  expect(placeService(name)).toEqual({ path, className })
})

test.each(['', '.', 'a.', '.a', 'a..b', '../a', 'a/b', 'a b', '__tests__', 'orders.2fa', 'a.-b', 'été', 'a\n'])(
  'the name %j is refused, with a hint that shows a good one',
  (name) => {
    expect(() => placeService(name)).toThrow(
      expect.objectContaining({ code: 'ZU001', hint: expect.stringContaining('my.api.get-orders') as string }),
    )
  },
)

test('a name is refused, or makes a path that stays below the folder and a class that can be declared', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9._-]{1,40}$/)), (name) => {
      let placed
      try {
        placed = placeService(name)
      } catch {
        return
      }
      expect(placed.path).toMatch(/^(?:[a-z0-9][a-z0-9-]*\/)*[a-z0-9][a-z0-9-]*\.ts$/)
      expect(placed.className).toMatch(/^[A-Z][A-Za-z0-9]*$/)
    }),
  )
})
