import 'zato-ts'
declare module 'zato-ts' {
  interface RestConnections {
    'Orders API': 'customer_id'
  }
}
