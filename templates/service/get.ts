import { Service } from 'zato-ts'

/** Fetches from the API and answers with what came back. */
export class ServiceTemplate extends Service {
  static override readonly name = 'service-template'

  async handle() {
    const input = this.request.input as { customer_id: string }
    const params = { customer_id: input.customer_id }
    const conn = this.out.rest['Orders API'].conn
    const response = await conn.get(this.cid, { params })
    this.response.payload = response.data
  }
}
