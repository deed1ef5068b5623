import type { IncomingTrace, Outcome } from '../exchange.js'
import type { LogEntry } from '../log.js'
import type { Project } from '../project/project.js'
import { redactorOf } from '../redact.js'
import { errorRecord } from '../trace/error-record.js'
import type { TraceStart } from '../trace/live-trace.js'
import { messageRecord, pairsOfRecord } from '../trace/message.js'
import type { Trace } from '../trace/record.js'
import { Recorder, type SpanSink } from '../trace/recorder.js'
import { resultOfCall, resultOfService } from '../trace/result.js'
import { TraceStore } from '../trace/store.js'
import { Capture } from './capture/capture.js'
import type { Recording } from './capture/recording.js'

/** Records one call or one run of a service in this process, apart from all others, so that it can be handed to a server. */
export class RecordedHere {
  readonly #capture: Capture
  readonly #recording: Recording

  constructor(project: Project, start: Omit<TraceStart, 'startedAt' | 'source'>, source: TraceStart['source'] = 'cli') {
    const redactor = redactorOf(project)
    const context = { root: project.root, redactor, sourceOf: () => undefined }
    this.#capture = new Capture(new TraceStore(), () => context)
    const { title, path, ...rest } = start
    const shown = { title: redactor.url(title), ...(path !== undefined && { path: redactor.url(path) }) }
    this.#recording = this.#capture.begin({ ...rest, ...shown, startedAt: Date.now(), source })
    this.#recording.recorderStarts()
  }

  /** Goes with a call. */
  get recorder(): Recorder {
    return new Recorder({ trace: this.tag, redactor: this.#capture.context.redactor, sink: this.onSpans })
  }

  /** Goes with the request of a service. */
  get tag(): IncomingTrace {
    return { id: this.#recording.live.id, isDetailed: true }
  }

  get onSpans(): SpanSink {
    return this.#capture.onSpans
  }

  openService(name: string, body: Uint8Array): void {
    this.#recording.openService(name, body, this.#capture.context)
  }

  log(entry: LogEntry): void {
    this.#capture.onLog(entry)
  }

  answered(statusCode: number): void {
    this.#recording.close(resultOfCall(statusCode, undefined))
  }

  /** Does nothing if it is over already. */
  failed(thrown: unknown): void {
    if (this.#recording.live.isDone) return
    const error = errorRecord(thrown, this.#capture.context.redactor)
    const { live } = this.#recording
    const { connection, service } = live.start
    const name = connection ?? service ?? ''
    if (live.spans.length === 0)
      live.open({ kind: connection === undefined ? 'service' : 'call', name, startMs: 0, error })
    this.#recording.close(resultOfCall(undefined, error))
  }

  /** @param payload what was printed of the body */
  ran({ statusCode, headers }: Outcome, payload: Uint8Array): void {
    const { redactor } = this.#capture.context
    const response = messageRecord({ headers: pairsOfRecord(headers), body: payload, redactor })
    const { live, elapsedMs: durationMs, error } = this.#recording
    live.change(1, { status: statusCode, durationMs, response })
    this.#recording.close(resultOfService(statusCode, error))
  }

  get trace(): Trace {
    return this.#recording.live.trace
  }
}
