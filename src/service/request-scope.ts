import type { CancelSignal } from '../cancellation.js'
import type { Incoming } from '../exchange.js'
import { type LogSink, type Logger, createLogger } from '../log.js'
import type { Outgoing } from '../outgoing/outgoing.js'
import type { Redactor } from '../redact.js'
import { Recorder, type SpanSink } from '../trace/recorder.js'
import { currentRun } from './current-run.js'
import type { ServiceRegistry } from './registry.js'
import type { ServiceOutgoing } from './service.js'

export interface RunnerOptions {
  readonly registry: ServiceRegistry
  readonly outgoing: Outgoing
  /** What services see as `this.environ`. */
  readonly environment: Readonly<Record<string, string>>
  readonly logSink: LogSink
  /** Before what is shown of errors. */
  readonly redactor: Redactor
  /** Is told of the spans of requests that are recorded. */
  readonly onSpans?: SpanSink | undefined
}

/** What all services share that one request runs. */
export class RequestScope {
  readonly options: RunnerOptions
  readonly incoming: Incoming
  readonly signal: CancelSignal
  readonly recorder: Recorder | undefined
  #out: ServiceOutgoing | undefined

  constructor(options: RunnerOptions, incoming: Incoming, signal: CancelSignal) {
    this.options = options
    this.incoming = incoming
    this.signal = signal
    this.recorder = recorderFor(incoming, options)
  }

  get out(): ServiceOutgoing {
    const { signal, recorder } = this
    const { traceparent } = this.incoming
    const caller = { signal, traceparent, recorder }
    return (this.#out ??= { rest: this.options.outgoing.bind(caller) })
  }

  loggerOf(service: string): Logger {
    return createLogger(this.options.logSink, { cid: this.incoming.cid, service })
  }
}

const currentSpan = () => currentRun()?.span

function recorderFor({ trace }: Incoming, { redactor, onSpans }: RunnerOptions): Recorder | undefined {
  if (!trace || !onSpans) return undefined
  return new Recorder({ trace, redactor, sink: onSpans, current: currentSpan })
}
