import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { LogEntry } from '../log.js'
import { guardPort } from '../outgoing/own-port.js'
import { currentRun } from '../service/current-run.js'
import { type TraceSink, hasFailed } from '../trace/events.js'
import type { SpanReport } from '../trace/recorder.js'
import { applyEnvironment } from './environment.js'
import { failedBeside } from './fault-outcomes.js'
import type { Frame } from './frames.js'
import { Generation } from './generation.js'
import { KeptThere } from './kept-there.js'
import type { Doing, FromServices, ToServices } from './messages.js'
import { ownerOf, rememberMicrotasks } from './microtasks.js'
import { watchPointsOfNoReturn } from './point-of-no-return.js'
import { rehearse } from './rehearsal.js'
import { RequestServer } from './request-server.js'
import { FrameSocket } from './socket.js'
import { describeThrown } from './uncaught.js'
import { writeCall } from './wired-call.js'
import { currentRunFacts, rawStack, runFacts, runFactsName } from './whereabouts.js'

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
let kept: KeptThere | undefined
/** A build has come. */
let isLoading = false
/** Told to end, and doing so. */
let isEnding = false

const socket = new FrameSocket<ToServices, FromServices>(new Socket({ fd: messagesFd }), {
  onFrame: (frame) => receive(frame),
  // The guard sees to it.
  onClose: () => undefined,
})
const send = (message: FromServices, body?: Uint8Array | string) => socket.send(message, body)

/** At once: what was logged last is what matters when a service blocks or kills this process. */
function sendLog(entry: LogEntry): void {
  send({ type: 'log', entry })
  socket.flush()
}

/** At once, too: a trace is what tells how far a service came that does not come back. */
function sendSpans(report: SpanReport): void {
  send({ type: 'spans', report })
  socket.flush()
}

type Build = Extract<ToServices, { type: 'build' }>

function receive({ head, body }: Frame<ToServices>): void {
  if (head.type === 'request') requests?.run({ id: head.id, incoming: head.incoming, body })
  else if (head.type === 'abort') requests?.abort(head.id)
  else if (head.type === 'credit') requests?.credit(head.id, head.bytes)
  else if (head.type === 'forget') kept?.forget(head.prefix)
  else if (head.type === 'ping') send({ type: 'pong' })
  else if (head.type === 'build') void load(head, body)
  else if (head.type === 'rehearse') void rehearse(head.project, folder, () => isLoading)
  else if (head.type === 'guardPort') guardPort(head.port)
  else if (head.type === 'inspect') void openDebugger(head.port)
  else void end()
}

async function load({ project, file, kept: entries }: Build, code: Uint8Array): Promise<void> {
  isLoading = true
  applyEnvironment(project.environment, { replace: true })
  const onEvent: TraceSink = (event) =>
    send({ type: 'event', trace: event.trace, hasFailed: hasFailed(event) }, writeCall(event))
  kept = new KeptThere(entries, send)
  const loaded = await Generation.load({ project, code, file, kept, logSink: sendLog, onEvent, onSpans: sendSpans })
  if (!loaded.generation) {
    send({ type: 'failed', problems: loaded.problems })
    return
  }
  generation = loaded.generation
  requests = new RequestServer(generation.run, send)
  send({ type: 'loaded', services: generation.services })
  socket.flush()
}

async function openDebugger(port: number | undefined): Promise<void> {
  const inspector = await import('node:inspector')
  if (port === undefined) inspector.close()
  else inspector.open(port, '127.0.0.1')
  send({ type: 'inspecting' })
}

async function end(): Promise<void> {
  await generation?.close()
  isEnding = true
  process.exit(0)
}

/** An error may reach many promises, each of which nobody handles. */
const reported = new WeakSet()

function reportUncaught(thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : undefined
  if (error && reported.has(error)) return
  if (error) reported.add(error)
  const run = ownerOf(thrown) ?? currentRun()
  const message = describeThrown(thrown)
  const facts = run && runFacts(run, requests?.idOf(run.incoming))
  send({ type: 'uncaught', message, where: { run: facts, stack: error?.stack ?? message } })
  if (run) requests?.fail(run.incoming, failedBeside)
  socket.flush()
}

const facts = () => currentRunFacts((incoming) => requests?.idOf(incoming))

/** At once: it may be the last thing that is heard of this process. */
function tellDoing(what: string): void {
  const doing: Doing = { what, where: { run: facts(), stack: rawStack() } }
  send({ type: 'doing', doing })
  socket.flush()
}

/** At once, too: what comes next may block as well, and would be taken for this. */
function tellDone(): void {
  send({ type: 'doing', doing: undefined })
  socket.flush()
}

// The main process decides when this one ends; a terminal sends its signals to both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
// A rejection that nobody handles arrives here too.
process.on('uncaughtException', reportUncaught)
process.on('exit', () => {
  if (!isEnding) tellDoing('process.exit')
  socket.flush()
})
// For the guard.
Object.defineProperty(globalThis, runFactsName, { value: facts })
watchPointsOfNoReturn(process, { onEnter: tellDoing, onReturn: tellDone })
rememberMicrotasks(globalThis)

send({ type: 'ready' })
