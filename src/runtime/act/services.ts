import { messageRecord, pairsOfRecord } from '../../trace/message.js'
import { resultOfService } from '../../trace/result.js'
import { newCid } from '../../trace/context.js'
import type { TraceSummary } from '../../trace/record.js'
import type { InvokeRequest, StartedReply } from '../../trace/requests.js'
import type { Outcome } from '../../exchange.js'
import type { Recording } from '../capture/recording.js'
import { faultCodeOf } from '../fault-outcomes.js'
import { directRequest } from '../direct-request.js'
import { type Acting, named } from './acting.js'

/** Runs services without HTTP, in the generation that answers now. */
export class ServiceActions {
  readonly #acting: Acting

  constructor(acting: Acting) {
    this.#acting = acting
  }

  async invoke(
    service: string,
    { payload, params = {}, cid = newCid() }: InvokeRequest,
    origin: Partial<Pick<TraceSummary, 'replayOf'>> = {},
  ): Promise<StartedReply> {
    named(
      this.#acting.services().map((name) => ({ name })),
      service,
      'service',
    )
    const { capture, running } = this.#acting
    const search = new URLSearchParams(params).toString()
    const recording = capture.begin({
      cid,
      kind: 'service',
      title: service,
      service,
      ...(search !== '' && { path: `?${search}` }),
      startedAt: Date.now(),
      source: 'dashboard',
      ...origin,
    })
    const { id } = recording.live
    const abort = new AbortController()
    running.set(id, abort)
    const body = payload === undefined ? new Uint8Array() : Buffer.from(payload)
    recording.openService(service, body, capture.context)
    const incoming = { ...directRequest({ service, params, cid }), trace: { id, isDetailed: true } }
    void this.#settle(recording, this.#acting.dispatch(incoming, body, abort.signal))
    return Promise.resolve({ cid, id })
  }

  async #settle(recording: Recording, dispatched: Promise<Outcome>): Promise<void> {
    const { capture, running } = this.#acting
    try {
      const outcome = await dispatched
      const { statusCode, headers, body, problem } = outcome
      const bytes = body instanceof ReadableStream ? await bytesOf(body) : body
      const shown = problem ? Buffer.from(JSON.stringify(problem)) : bytes
      const { redactor } = capture.context
      const response = messageRecord({ headers: pairsOfRecord(headers), body: shown, redactor })
      recording.live.change(1, { status: statusCode, durationMs: recording.elapsedMs, response })
      const fault = faultCodeOf(outcome)
      if (fault === undefined) recording.close(resultOfService(statusCode, recording.error))
      else recording.close({ class: 'died', status: statusCode, code: fault, message: problem?.detail })
    } catch (error) {
      recording.close({ class: 'threw', message: error instanceof Error ? error.message : String(error) })
    } finally {
      running.delete(recording.live.id)
      capture.ended(recording)
    }
  }
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
