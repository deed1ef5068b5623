import { HttpStatus, Service } from 'zato-ts'

/** STAND-IN for the real Orders API: remove this folder once zato.yaml names that one. */
export class CreateOrder extends Service {
  static override readonly name = 'stand-in.create-order'

  handle() {
    this.response.statusCode = HttpStatus.CREATED
    return {
      id: 'A-1003',
      status: 'pending',
      customer_id: this.request.http.params.customer_id,
      order: this.request.payload,
    }
  }
}
