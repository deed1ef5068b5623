/** A project whose API delays, fails, and sends what would be dangerous as markup. */
export function projectFiles(upstream: string): Record<string, string> {
  return {
    'zato.yaml': `# Orders of our customers
outgoing_rest:
  - name: Orders API
    host: ${upstream}
    url_path: /customers/{customer_id}/orders
    description: Orders of a customer
    max_retries: 2
    retry_sleep_time: 0.2
    samples:
      customer_id: '12345'
  - name: Customer API
    host: ${upstream}
    url_path: /customers/{customer_id}

channel_rest:
  - name: get-orders
    url_path: /api/customers/{customer_id}/orders
    service: get-customer-orders
    method: GET
  - name: create-order
    url_path: /api/orders
    service: create-order
    method: POST
`,
    'services/orders.ts': `import { Service } from 'zato-ts'

export class GetCustomerOrders extends Service {
  static override readonly name = 'get-customer-orders'

  async handle() {
    const customer_id = String((this.request.input as { customer_id: string }).customer_id)
    this.logger.info(\`Orders of customer \${customer_id}\`)
    const customer = await this.out.rest['Customer API'].conn.get(this.cid, { params: { customer_id } })
    const orders = await this.out.rest['Orders API'].conn.get(this.cid, { params: { customer_id, status: 'pending' } })
    this.response.payload = { customer: customer.data, orders: orders.data }
  }
}

export class CreateOrder extends Service {
  static override readonly name = 'create-order'

  handle() {
    this.response.payload = { received: this.request.payload }
    return Promise.resolve()
  }
}
`,
  }
}
