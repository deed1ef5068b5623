import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'

/**
 * A thread of the process of the services that ends this process once the main process is gone. It is a thread because
 * the services may loop for ever: then nothing else in here gets a turn.
 */
const { fd, folder } = workerData as { readonly fd: number; readonly folder: string }

const lifeline = new Socket({ fd })
lifeline.on('error', () => undefined)
lifeline.on('close', () => {
  // The main process never closes it while it lives: it was killed, and could not tidy up.
  rmSync(folder, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
})
lifeline.resume()
