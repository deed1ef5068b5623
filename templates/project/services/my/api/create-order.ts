import { Service } from 'zato-ts'

/** POST /api/customers/{customer_id}/orders, with the order as JSON */
export class CreateOrder extends Service {
  static override readonly name = 'my.api.create-order'

  async handle() {
    const { customer_id } = this.request.input as { customer_id: string }

    const conn = this.out.rest['Orders API'].conn
    const response = await conn.post(this.cid, this.request.payload, { params: { customer_id } })
    if (response.ok) this.logger.info('Order created', { customer_id })

    // A response that is returned is passed on as it is: status, Content-Type and body.
    return response
  }
}
