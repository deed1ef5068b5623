import { HttpStatus, Service } from 'zato-ts'

/** Looks at the status, which never throws by itself: 200 is passed on, 404 gets a body of its own, the rest is a failure. */
export class ServiceTemplate extends Service {
  static override readonly name = 'service-template'

  async handle() {
    const input = this.request.input as { customer_id: string }
    const params = { customer_id: input.customer_id }
    const conn = this.out.rest['Orders API'].conn
    const response = await conn.get(this.cid, { params })

    if (response.statusCode === HttpStatus.OK) {
      this.response.payload = response.data
    } else if (response.statusCode === HttpStatus.NOT_FOUND) {
      this.response.statusCode = HttpStatus.NOT_FOUND
      this.response.payload = { error: 'There is no such thing' }
    } else {
      // The caller gets 500 with the cid and no more; the log has this message and where it was thrown.
      throw new Error(`The API answered with status ${response.statusCode}`)
    }
  }
}
