import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { kill, memoryUsage, pid, platform } from 'node:process'
import { workerData } from 'node:worker_threads'
import type { FromGuard, ToGuard } from './guard-messages.js'
import { MainThread } from './main-thread.js'
import { watchMemory } from './memory-watch.js'
import { FrameSocket } from './socket.js'

/**
 * A thread of the process of the services that ends this process once the main process is gone, tells where the services
 * are, and watches how much memory they take. It is a thread because the services may loop for ever: then nothing else in
 * here gets a turn.
 */
const { fd, folder } = workerData as { readonly fd: number; readonly folder: string }

const thread = new MainThread()

const lifeline = new FrameSocket<ToGuard, FromGuard>(new Socket({ fd }), {
  onFrame: ({ head }) => {
    if (head.type === 'where') void tellWhere()
    else watch(head.heap)
  },
  onClose: () => {
    // The main process never closes it while it lives: it was killed, and could not tidy up.
    rmSync(folder, { recursive: true, force: true })
    // With all that the services have started: the process leads a group of its own.
    kill(platform === 'win32' ? pid : -pid, 'SIGKILL')
  },
})

async function tellWhere(): Promise<void> {
  lifeline.send({ type: 'where', ...(await thread.stop()) })
}

function watch(heap: number): void {
  watchMemory({
    thread,
    heap,
    resident: () => memoryUsage.rss(),
    onSuspect: (run) => {
      lifeline.send({ type: 'suspect', run })
      lifeline.flush()
    },
    onFull: (space, where) => lifeline.send({ type: 'full', space, where }),
  })
}
