import type { Socket } from 'node:net'

const start = Buffer.from('HTTP/1.1 100')
const end = '\r\n\r\n'
const mostBytes = 16 * 1024

/**
 * Takes each `100 Continue` out of what is read from a socket. Nobody asked for one, but a client must cope with it (RFC 9110,
 * 15.2), and undici destroys the socket. Gives a function to be called before each request: only the head of a reply is
 * looked at.
 */
export function skipContinue(socket: Socket): () => void {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null
  let awaitsHead = false
  let held: Buffer | undefined
  socket.read = (size?: number) => {
    const piece = read(size)
    // undici reads without a size; Node itself asks for none at all, to have the buffer filled.
    if (!awaitsHead || piece === null || size !== undefined) return piece
    const bytes = withoutContinue(held ? Buffer.concat([held, piece]) : piece)
    const isUndecided = bytes.length < mostBytes && mayBeContinue(bytes)
    held = isUndecided ? bytes : undefined
    awaitsHead = isUndecided
    return isUndecided ? null : bytes
  }
  return () => {
    awaitsHead = true
    held = undefined
  }
}

function withoutContinue(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, start.length).equals(start)) return bytes
  const at = bytes.indexOf(end)
  return at === -1 ? bytes : withoutContinue(bytes.subarray(at + end.length))
}

/** Whether it is too early to say; true of no bytes at all. */
function mayBeContinue(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, start.length)
  return bytes.subarray(0, length).equals(start.subarray(0, length))
}
