import { Service } from 'zato-ts'

/** One object for path and query: keys that the path of the connection names fill it, the others are the query string. */
export class ServiceTemplate extends Service {
  static override readonly name = 'service-template'

  async handle() {
    const input = this.request.input as { customer_id: string; status?: string }
    const conn = this.out.rest['Orders API'].conn
    const response = await conn.get(this.cid, {
      // What is undefined is left out of the query string; an array repeats its key.
      params: { customer_id: input.customer_id, status: input.status, sort: ['date', 'id'] },
    })
    this.response.payload = response.data
  }
}
