import { Service } from 'zato-ts'

/** Sends headers of its own, the correlation id in one of them; they win over those of the connection. */
export class ServiceTemplate extends Service {
  static override readonly name = 'service-template'

  async handle() {
    const input = this.request.input as { customer_id: string }
    const params = { customer_id: input.customer_id }
    const headers = { 'X-Request-Source': 'service-template', 'X-Correlation-ID': this.cid }
    const conn = this.out.rest['Orders API'].conn
    const response = await conn.get(this.cid, { params, headers })
    this.response.payload = response.data
  }
}
