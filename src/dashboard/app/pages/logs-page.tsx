import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { LogLine } from '../../shared/api.js'
import { part } from '../core/client.js'
import { clock, shortCid } from '../core/format.js'
import { setTitle } from '../core/title.js'
import { areLogsLoaded, loadLogs, logs, logsProblem, logsRemoved } from '../stores/logs.js'
import { LogDetails } from '../ui/log-details.js'
import { Empty, Pending } from '../ui/states.js'
import { ListHead } from './list-head.js'

const levels = ['debug', 'info', 'warn', 'error'] as const
/** More are there, and are found by the filter; a page that shows them all is slow. */
const mostShown = 400

export function LogsPage() {
  const wanted = useSignal('')
  const least = useSignal<(typeof levels)[number]>('debug')
  const isFollowing = useSignal(true)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => setTitle('Logs'), [])
  const word = wanted.value.toLowerCase()
  const from = levels.indexOf(least.value)
  const found = logs.value.filter(
    ({ level, message, service, cid }) =>
      levels.indexOf(level) >= from && `${message} ${service ?? ''} ${cid ?? ''}`.toLowerCase().includes(word),
  )
  const shown = found.slice(-mostShown)
  useLayoutEffect(() => {
    if (isFollowing.value && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [shown.at(-1)?.seq, isFollowing.value])
  if (!areLogsLoaded.value) {
    return <Pending title="Logs" problem={logsProblem.value} onRetry={() => void loadLogs()} />
  }
  return (
    <div class="page wide logs-page">
      <ListHead title="Logs" noun="line" count={logs.value.length} wanted={wanted} />
      <div class="row">
        <label class="inline">
          At least{' '}
          <select
            value={least.value}
            onChange={(event) => (least.value = levels[event.currentTarget.selectedIndex] ?? 'debug')}
          >
            {levels.map((level) => (
              <option key={level}>{level}</option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isFollowing.value}
            onChange={(event) => (isFollowing.value = event.currentTarget.checked)}
          />
          Follow
        </label>
        <span class="dim">
          {found.length > shown.length && `the last ${shown.length} of ${found.length} lines`}
          {logsRemoved.value > 0 && ` ${logsRemoved.value} older ones were removed`}
        </span>
      </div>
      {logs.value.length === 0 ? (
        <Empty title="Nothing logged yet">
          <p>What services write with this.logger appears here.</p>
        </Empty>
      ) : (
        <div
          class="log-box"
          ref={box}
          tabIndex={0}
          role="region"
          aria-label="Log lines, newest last"
          onScroll={(event) => (isFollowing.value = isAtEnd(event.currentTarget))}
        >
          <ol>
            {shown.map((line) => (
              <Line key={line.seq} line={line} />
            ))}
          </ol>
          {shown.length === 0 && <p class="dim pad">No line matches.</p>}
        </div>
      )}
    </div>
  )
}

/** However it was scrolled: reading further up stops the following, coming back goes on with it. */
function isAtEnd({ scrollTop, clientHeight, scrollHeight }: HTMLElement): boolean {
  return scrollTop + clientHeight > scrollHeight - 8
}

function Line({ line: { at, level, message, details, cid, service } }: { readonly line: LogLine }) {
  return (
    <li class={`log-line ${level}`}>
      <span class="time" title={new Date(at).toISOString()}>
        {clock(at)}
      </span>
      <span class={`level ${level}`}>{level}</span>
      <span class="log-from">{service ?? 'server'}</span>
      <span class="log-message mono">
        {message}
        {details !== undefined && <LogDetails details={details} />}
      </span>
      {cid !== undefined && (
        <a class="cid" href={`/traces/${part(cid)}`}>
          {shortCid(cid)}
        </a>
      )}
    </li>
  )
}
