import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'

/**
 * A thread of the process of the services that ends this process once the main process is gone. It is a thread because
 * the services may loop for ever: then nothing else in here gets a turn.
 */
const { fd, folder, parent } = workerData as { readonly fd: number; readonly folder: string; readonly parent: number }

const lifeline = new Socket({ fd })
lifeline.on('error', () => undefined)
lifeline.on('close', () => {
  // The main process removes its folder itself, unless it was killed.
  if (process.ppid !== parent) rmSync(folder, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
})
lifeline.resume()
