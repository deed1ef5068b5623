import { Service } from 'zato-ts'

/** GET /api/customers/{customer_id}/orders?status=… */
export class GetCustomerOrders extends Service {
  static override readonly name = 'my.api.get-customer-orders'

  async handle() {
    // From the path and the query string of the channel.
    const { customer_id, status } = this.request.input as { customer_id: string; status?: string }

    // customer_id fills the path of the connection, status becomes its query string.
    const conn = this.out.rest['Orders API'].conn
    const response = await conn.get(this.cid, { params: { customer_id, status } })

    this.response.statusCode = response.statusCode
    this.response.payload = response.data
  }
}
