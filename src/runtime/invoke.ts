import { type IncomingTrace, type Outcome, dispatchBy } from '../exchange.js'
import type { LogSink } from '../log.js'
import type { Project } from '../project/project.js'
import type { Redactor } from '../redact.js'
import type { TraceSink } from '../trace/events.js'
import type { SpanSink } from '../trace/recorder.js'
import { type DirectRequest, directRequest } from './direct-request.js'
import { loadHere } from './load-here.js'
import type { OutputStreams } from './stray-output.js'

export interface InvokeOptions extends DirectRequest {
  readonly project: Project
  readonly body: Uint8Array
  readonly logSink: LogSink
  readonly onEvent?: TraceSink | undefined
  readonly signal: AbortSignal
  /** Where its spans are told of. */
  readonly record?: { readonly tag: IncomingTrace; readonly onSpans: SpanSink } | undefined
  /** What the service writes to them past the logger becomes log lines. */
  readonly streams?: OutputStreams | undefined
  /** Learns the tokens that are fetched; one of its own by default. */
  readonly redactor?: Redactor | undefined
}

/**
 * Runs one service in this process, without HTTP. A body that is a stream must be read to its end or cancelled: the
 * connections of the service are closed after it.
 *
 * @throws ProjectError if the services do not compile or load
 */
export async function invokeService(options: InvokeOptions): Promise<Outcome> {
  const { project, body, signal, logSink, onEvent, streams, redactor, record } = options
  const { host } = await loadHere({ project, logSink, onEvent, streams, redactor, onSpans: record?.onSpans })
  const close = () => host.close({ drainMs: closeMs })
  const outcome = await dispatchBy(host.run)({ ...directRequest(options), trace: record?.tag }, body, signal)
  if (outcome.body instanceof ReadableStream) return { ...outcome, body: closingAfter(outcome.body, close) }
  await close()
  return outcome
}

/** How long calls may take that the service made and did not wait for. */
const closeMs = 10_000

/** The same stream; `close` runs once it has ended, broken or been cancelled. */
function closingAfter(body: ReadableStream<Uint8Array>, close: () => Promise<void>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) {
          controller.enqueue(value)
          return
        }
        await close()
        controller.close()
      } catch (error) {
        await close()
        controller.error(error)
      }
    },
    async cancel(reason) {
      await reader.cancel(reason)
      await close()
    },
  })
}
