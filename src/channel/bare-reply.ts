import type { Duplex } from 'node:stream'
import type { Logger } from '../log.js'
import { newCid } from '../trace/context.js'
import type { Exchange } from './exchange.js'
import { problemBody, problemContentType } from './problem.js'
import { Refusal } from './refusal.js'

/** Answers on a connection on which there is no request to answer, and ends it. Returns the cid. */
export function sendBareReply(socket: Duplex, { status, title, detail }: Refusal): string {
  const cid = newCid()
  const body = problemBody(status, cid, { title, detail })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `X-Zato-CID: ${cid}`,
    `Content-Type: ${problemContentType}`,
    `Content-Length: ${body.length}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ]
  // The other side may be gone by now, and nobody else listens to this connection any more.
  socket.on('error', () => socket.destroy())
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.end(body, () => socket.destroy())
  return cid
}

export interface BrokenConnection {
  readonly socket: Duplex
  /** What is under way on it. */
  readonly exchanges: readonly Exchange[]
  /** Its last reply has been written, while its caller was still sending. */
  readonly isAnswered: boolean
  readonly log: Logger
}

/** Something came in that is no HTTP, or did not come in time. */
export function refuseBroken(
  error: NodeJS.ErrnoException,
  { socket, exchanges, isAnswered, log }: BrokenConnection,
): void {
  const [exchange] = exchanges
  const refusal = brokenRefusal(error)
  const isGone = error.code === 'ECONNRESET' || (exchange && error.code === 'HPE_INVALID_EOF_STATE')
  if (!socket.writable || isGone) {
    socket.destroy()
  } else if (isAnswered) {
    socket.end(() => socket.destroy())
  } else if (!exchange) {
    const cid = sendBareReply(socket, refusal)
    log.debug(`A request was not understood: ${error.message}`, { cid, code: 'ZH400' })
  } else if (exchange.isReading) {
    exchange.refuse(refusal)
    socket.end(() => socket.destroy())
  } else {
    // A reply is on its way: whatever is written now would be taken for a part of it.
    socket.destroy()
  }
}

function brokenRefusal({ code }: NodeJS.ErrnoException): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return new Refusal(431, 'The headers of the request are too large')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Refusal(408, 'The request did not arrive in time')
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new Refusal(413, 'The chunk extensions of the body are too large')
  return new Refusal(400, 'The request is not well-formed HTTP')
}
