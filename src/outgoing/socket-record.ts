import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { SocketRecord } from '../trace/record.js'
import type { Progress } from './progress.js'

/** What is remembered of the socket of an attempt. */
export function socketRecord({ socket, opening }: Progress, proxy: string | undefined): SocketRecord {
  const address = socket?.remoteAddress
  return {
    isReused: opening === undefined,
    ...(address !== undefined && { remote: hostAndPort(address, socket?.remotePort) }),
    ...(socket && isTls(socket) && tlsFacts(socket)),
    ...(proxy !== undefined && { proxy }),
  }
}

/** Without the class: few runs need its module. */
function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket
}

function hostAndPort(address: string, port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function tlsFacts(socket: TLSSocket): Pick<SocketRecord, 'tls' | 'certificateExpires'> {
  const protocol = socket.getProtocol()
  if (!protocol) return {}
  const expires = Date.parse(socket.getPeerCertificate().valid_to)
  const tls = `${protocol} ${socket.getCipher().name}`
  return Number.isNaN(expires) ? { tls } : { tls, certificateExpires: expires }
}
