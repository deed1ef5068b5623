import { HttpError, Service } from 'zato-ts'

class Orders extends Service {
  /** What the peers do too: one upstream call, and 502 for anything but success. */
  async fetch(connection) {
    const { params, query } = this.request.http
    const { conn } = this.out.rest[connection]
    const response = await conn.get(this.cid, { params: { customer_id: params.customer_id, status: query.status } })
    if (!response.ok) throw new HttpError(502, 'The API refused')
    return response
  }
}

export class ListOrders extends Orders {
  static name = 'orders.list'

  async handle() {
    return (await this.fetch('Orders API')).data
  }
}

export class OrderHistory extends Orders {
  static name = 'orders.history'

  async handle() {
    return (await this.fetch('Order history')).data
  }
}

export class ListOrdersRaw extends Orders {
  static name = 'orders.list-raw'

  handle() {
    return this.fetch('Orders API')
  }
}

export class OrderHistoryRaw extends Orders {
  static name = 'orders.history-raw'

  handle() {
    return this.fetch('Order history')
  }
}

export class CreateOrder extends Service {
  static name = 'orders.create'

  async handle() {
    const { conn } = this.out.rest['New orders']
    const response = await conn.post(this.cid, this.request.payload)
    if (!response.ok) throw new HttpError(502, 'The API refused')
    this.response.statusCode = response.statusCode
    return response.data
  }
}
