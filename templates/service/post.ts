import { Service } from 'zato-ts'

/** Sends an object as JSON, and answers with the status and the body that came back. */
export class ServiceTemplate extends Service {
  static override readonly name = 'service-template'

  async handle() {
    const input = this.request.input as { customer_id: string }
    const params = { customer_id: input.customer_id }
    const payload = { source: { service: 'service-template', cid: this.cid }, data: this.request.payload }
    const conn = this.out.rest['Orders API'].conn
    const response = await conn.post(this.cid, payload, { params })
    this.response.statusCode = response.statusCode
    this.response.payload = response.data
  }
}
