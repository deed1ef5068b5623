/* eslint-disable */
// Generated from zato.yaml by "zato-ts types": commit it, do not edit it.
// prettier-ignore
import 'zato-ts'
// prettier-ignore
declare module 'zato-ts' {
  interface RestConnections {
    'Orders API': 'customer_id'
  }
}
