import type { RestConnection } from '../../outgoing/connection.js'
import type { Outgoing } from '../../outgoing/outgoing.js'

/** The connection of this name, which the project is known to have; its calls end when `signal` is aborted. */
export function connectionOf(outgoing: Outgoing, name: string, signal: AbortSignal): RestConnection {
  const connections: Readonly<Record<string, { readonly conn: RestConnection }>> = outgoing.bind({ signal })
  const item = connections[name]
  if (!item) throw new Error(`The connection "${name}" has gone`)
  return item.conn
}
