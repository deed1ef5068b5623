import { useSignal } from '@preact/signals'
import type { PingReply } from '../../../shared/api.js'
import { part, problemOf, request } from '../../core/client.js'
import { duration } from '../../core/format.js'

const tones: Readonly<Record<PingReply['state'], readonly [symbol: string, tone: string]>> = {
  reachable: ['✓', 'ok'],
  unauthorized: ['!', 'warn'],
  unhealthy: ['!', 'warn'],
  unreachable: ['✕', 'bad'],
  refused: ['✕', 'bad'],
}

/** Whether an API answers, said beside the button. */
export function PingButton({ name, isLong = false }: { readonly name: string; readonly isLong?: boolean }) {
  const isRunning = useSignal(false)
  const reply = useSignal<PingReply | undefined>(undefined)
  const problem = useSignal('')
  const ping = async () => {
    if (isRunning.value) return
    isRunning.value = true
    problem.value = ''
    try {
      reply.value = await request<PingReply>('POST', `/connections/${part(name)}/ping`)
    } catch (error) {
      reply.value = undefined
      problem.value = problemOf(error).message
    } finally {
      isRunning.value = false
    }
  }
  return (
    <span class="ping">
      <button type="button" class={isLong ? '' : 'small'} aria-label={`Ping ${name}`} onClick={() => void ping()}>
        {isRunning.value ? 'Pinging…' : 'Ping'}
      </button>
      <span role="status">
        {reply.value && <Told reply={reply.value} isLong={isLong} />}
        {problem.value !== '' && <span class="result bad wrap">{`✕ ${problem.value}`}</span>}
      </span>
    </span>
  )
}

function Told({ reply, isLong }: { readonly reply: PingReply; readonly isLong: boolean }) {
  const { state, status, ms, method, url, target, message, hint, certificateExpires } = reply
  const [symbol, tone] = tones[state]
  const full = [`${method} ${url}`, target, message, hint].filter(Boolean).join('\n')
  return (
    <span title={full}>
      <span class={`result ${tone}`}>{`${symbol} ${state}${status === undefined ? '' : ` ${status}`}`}</span>{' '}
      <span class="dim">{duration(ms)}</span>
      {isLong && (
        <span class="dim wrap">
          {` – ${[target, message, hint].filter(Boolean).join(', ')}`}
          {certificateExpires !== undefined &&
            `, certificate until ${new Date(certificateExpires).toLocaleDateString()}`}
        </span>
      )}
    </span>
  )
}
