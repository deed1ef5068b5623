import { randomUUID } from 'node:crypto'

/** Where the peer listens, and the API that it calls. */
export const port = Number(process.env.PORT)
export const host = '127.0.0.1'
export const upstream = process.env.UPSTREAM

export const cidHeader = 'x-zato-cid'

/** The correlation id that the caller brought, else a new one. */
export const cidOf = (value) => value ?? randomUUID()

/** The path of the upstream for a path parameter and a query. */
export const pathOf = (customerId, kind, status) =>
  `/customers/${encodeURIComponent(customerId)}/${kind}?status=${encodeURIComponent(status)}`
