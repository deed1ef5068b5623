import { NotFound, Service } from 'zato-ts'

/** STAND-IN for the real Orders API: remove this folder once zato.yaml names that one. */
export class ListOrders extends Service {
  static override readonly name = 'stand-in.list-orders'

  handle() {
    const { customer_id } = this.request.http.params
    const { status } = this.request.http.query
    if (customer_id === '0') throw new NotFound('There is no customer "0"')
    const orders = [
      { id: 'A-1001', status: 'pending', total: 12.5 },
      { id: 'A-1002', status: 'shipped', total: 99 },
    ]
    return { customer_id, orders: orders.filter((order) => status === undefined || order.status === status) }
  }
}
