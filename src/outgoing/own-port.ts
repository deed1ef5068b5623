import type { Socket } from 'node:net'
import type { Connector } from './lane.js'

/** A port of this machine that belongs to the server itself: its dashboard, which can do more than any caller should. */
let ownPort: number | undefined

/** No connection of this process is opened to this port of this machine from now on. */
export function guardPort(port: number): void {
  ownPort = port
}

/** The connection leads to the dashboard of its own server. */
export class OwnPort extends Error {
  constructor() {
    super('it leads to the dashboard of this very server')
  }
}

/** The same connector, but that it gives up a socket that has come to the guarded port, whatever name led there. */
export function awayFromOwnPort(connect: Connector): Connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error || !isGuarded(socket)) callback(...([error, socket] as Parameters<typeof callback>))
      else {
        const refusal = new OwnPort()
        socket.destroy()
        callback(refusal, null)
      }
    })
}

function isGuarded({ remotePort, remoteAddress = '' }: Socket): boolean {
  return remotePort === ownPort && /^(::ffff:)?127\.|^::1$/.test(remoteAddress)
}
