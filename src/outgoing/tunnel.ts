import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { Connector } from './lane.js'
import type { Proxy } from './proxy-choice.js'
import type { TlsSettings } from './tls.js'
import { tunnelEvent } from './tunnel-event.js'

/** The proxy answered, and did not let us through. */
export class ProxyRefusal extends Error {
  readonly statusCode: number

  constructor(statusCode: number) {
    super(`The proxy answered ${statusCode}`)
    this.statusCode = statusCode
  }
}

/**
 * Connects through a proxy that only passes bytes on (CONNECT; RFC 9110, 9.3.6), and speaks TLS with the host behind it.
 */
export function tunnelConnector(proxy: Proxy, tls: TlsSettings): Connector {
  const connectToProxy = proxyConnector(proxy)
  const connectThrough = buildConnector({ ...tls, timeout: 0 })
  return (options, callback) => {
    const target = `${options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname}:${options.port || '443'}`
    const socket = connectToProxy(options, (...[error]) => {
      if (error) {
        callback(error, null)
        return
      }
      openTunnel(socket, { target, authorization: proxy.authorization }, (refusal) => {
        if (refusal) callback(refusal, null)
        else connectThrough({ ...options, httpSocket: socket }, callback)
      })
    })
    return socket
  }
}

/** Connects with the proxy itself, wherever the request is for. */
export function proxyConnector({ origin }: Proxy): Connector {
  const { hostname, host, port, protocol } = new URL(origin)
  // undici's types hide that its connector gives the socket at once.
  // NODE_TLS_REJECT_UNAUTHORIZED decides nothing here either.
  const connect = buildConnector({
    ...{ rejectUnauthorized: true, autoSelectFamily: true, timeout: 0 },
  }) as unknown as Connector
  return (_, callback) => connect({ hostname: hostname.replace(/^\[|\]$/g, ''), host, port, protocol }, callback)
}

interface TunnelRequest {
  /** Host and port. */
  readonly target: string
  readonly authorization: string | undefined
}

function openTunnel(
  socket: Socket,
  { target, authorization }: TunnelRequest,
  done: (refusal: Error | undefined) => void,
): void {
  const asked = request({
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    createConnection: () => socket,
  })
  asked.once('connect', ({ statusCode = 0 }: IncomingMessage) => {
    if (statusCode >= 200 && statusCode < 300) {
      socket.emit(tunnelEvent)
      done(undefined)
    } else refuse(statusCode)
  })
  asked.once('response', ({ statusCode = 0 }) => {
    refuse(statusCode)
  })
  asked.once('error', done)
  asked.end()

  function refuse(statusCode: number): void {
    socket.destroy()
    done(new ProxyRefusal(statusCode))
  }
}
