import { connect } from 'node:net'

/**
 * Waits until somebody listens on a port of 127.0.0.1.
 *
 * @throws Error after 45 seconds: a busy machine takes its time to start a program
 */
export async function accepting(port: number): Promise<void> {
  const deadline = Date.now() + 45_000
  while (!(await accepts(port))) if (Date.now() > deadline) throw new Error(`Nobody listens on port ${port}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      setTimeout(resolve, 10, false)
    })
  })
}
