import { batch } from '@preact/signals'
import type { ServerEvent } from '../../shared/api.js'
import { LiveStream } from '../core/stream.js'

type Listener = (events: readonly ServerEvent[]) => void

const listeners = new Set<Listener>()
let waiting: ServerEvent[] = []
let isPlanned = false

const stream = new LiveStream((event) => {
  waiting.push(event)
  if (isPlanned) return
  isPlanned = true
  plan()
})

export function startLive(): void {
  stream.start()
}

export function retryNow(): void {
  stream.retryNow()
}

/** Events arrive once a frame, all that came since. Returns how to stop. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

let cost = 0

/** A page that is not seen has no frames; one that works hard gets longer ones. */
function plan(): void {
  if (document.hidden) setTimeout(deliver, 250)
  else if (cost > 12) setTimeout(() => requestAnimationFrame(deliver), Math.min(400, cost * 4))
  else requestAnimationFrame(deliver)
}

function deliver(): void {
  isPlanned = false
  const events = waiting
  waiting = []
  const begin = performance.now()
  batch(() => {
    for (const listener of listeners) listener(events)
  })
  cost = performance.now() - begin
}
