import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { LogEntry } from '../log.js'
import type { Project } from '../project/project.js'
import type { TraceSink } from '../trace/events.js'
import { applyEnvironment } from './environment.js'
import type { Frame } from './frames.js'
import { Generation } from './generation.js'
import type { FromServices, ToServices } from './messages.js'
import { RequestServer } from './request-server.js'
import { FrameSocket } from './socket.js'

/**
 * The process of the services: waits for a build, loads it, answers requests. It starts with everything imported that a
 * generation needs, so that loading one takes no longer than running its modules.
 */

/** Descriptors that the main process hands over: messages, and a pipe whose end says that it is gone. */
const messagesFd = 3
const lifelineFd = 4
const [folder = ''] = process.argv.slice(2)

// It keeps this process alive too: once the main process is gone there is nothing else to wait for.
new Worker(new URL('./guard.js', import.meta.url), {
  workerData: { fd: lifelineFd, folder },
  execArgv: [],
})

let generation: Generation | undefined
let requests: RequestServer | undefined

const socket = new FrameSocket<ToServices, FromServices>(new Socket({ fd: messagesFd }), {
  onFrame: (frame) => receive(frame),
  // The guard sees to it.
  onClose: () => undefined,
})
const send = (message: FromServices, body?: Uint8Array) => socket.send(message, body)

/** At once: what was logged last is what matters when a service blocks or kills this process. */
function sendLog(entry: LogEntry): void {
  send({ type: 'log', entry })
  socket.flush()
}

function receive({ head, body }: Frame<ToServices>): void {
  if (head.type === 'request') void requests?.run({ id: head.id, incoming: head.incoming, body })
  else if (head.type === 'abort') requests?.abort(head.id)
  else if (head.type === 'credit') requests?.credit(head.id, head.bytes)
  else if (head.type === 'build') void load(head.project, body)
  else if (head.type === 'inspect') void inspect(head.port)
  else void end()
}

async function load(project: Project, code: Uint8Array): Promise<void> {
  applyEnvironment(project.environment, { replace: true })
  const onEvent: TraceSink = (event) => send({ type: 'event', event })
  const loaded = await Generation.load({ project, code, folder, logSink: sendLog, onEvent })
  if (!loaded.generation) {
    send({ type: 'failed', problems: loaded.problems })
    return
  }
  generation = loaded.generation
  requests = new RequestServer(generation.dispatch, send)
  send({ type: 'loaded', services: generation.services })
}

async function inspect(port: number | undefined): Promise<void> {
  const inspector = await import('node:inspector')
  if (port === undefined) inspector.close()
  else inspector.open(port, '127.0.0.1')
  send({ type: 'inspecting' })
}

async function end(): Promise<void> {
  await generation?.close()
  process.exit(0)
}

function reportUncaught(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  send({ type: 'uncaught', message: text })
  socket.flush()
}

// The main process decides when this one ends; a terminal sends its signals to both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
// A rejection that nobody handles arrives here too.
process.on('uncaughtException', reportUncaught)
process.on('exit', () => socket.flush())

send({ type: 'ready' })
