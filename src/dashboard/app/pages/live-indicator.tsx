import { now } from '../core/clock.js'
import { liveStatus } from '../core/stream.js'
import { retryNow } from '../stores/live.js'
import { isPaused, traces } from '../stores/traces.js'

/** Whether what is on the screen is what is. */
export function LiveIndicator() {
  const { text, look } = view()
  const { kind } = liveStatus.value
  const canRetry = kind === 'waiting' || kind === 'stopped'
  return (
    <span class={`live ${look}`}>
      <span role="status" aria-label="Connection to the server">
        <span class="live-mark" aria-hidden="true" />
        {text}
      </span>
      {canRetry && <Seconds />}
      {canRetry && (
        <button type="button" class="quiet small" onClick={retryNow}>
          Retry now
        </button>
      )}
    </span>
  )
}

/** Not part of the status: it would be read out every second. */
function Seconds() {
  const status = liveStatus.value
  if (status.kind !== 'waiting') return null
  return <span class="dim" aria-hidden="true">{`${Math.max(1, Math.ceil((status.until - now.value) / 1000))} s`}</span>
}

function view(): { readonly text: string; readonly look: string } {
  const { kind } = liveStatus.value
  if (kind === 'connecting') return { text: 'connecting', look: 'run' }
  if (kind === 'waiting') return { text: 'reconnecting', look: 'warn' }
  if (kind === 'stopped') return { text: 'server stopped', look: 'bad' }
  if (kind === 'token') return { text: 'token needed', look: 'warn' }
  if (isPaused.value) return { text: `paused, ${traces.value.held.length} waiting`, look: 'dim' }
  return { text: 'live', look: 'ok' }
}
