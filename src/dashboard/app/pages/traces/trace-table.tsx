import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { TraceSummary } from '../../../../trace/record.js'
import { now } from '../../core/clock.js'
import { clock, duration, shortCid } from '../../core/format.js'
import { methodOf, resultOf, subjectOf } from '../../core/result.js'
import { navigate, route } from '../../core/router.js'
import { useKeys } from '../../core/use-keys.js'
import { isAtTop, loadOlder, traces } from '../../stores/traces.js'
import { act } from '../../ui/act.js'
import { Icon } from '../../ui/icon.js'
import { Result } from '../../ui/result.js'

const rowHeight = 46
const spare = 12

/** Only the rows that can be seen are there. */
export function TraceTable() {
  const scroller = useRef<HTMLDivElement>(null)
  const view = useSignal({ top: 0, height: 800 })
  const { rows, hasMore } = traces.value
  const first = Math.max(0, Math.floor(view.value.top / rowHeight) - spare)
  const last = Math.min(rows.length, Math.ceil((view.value.top + view.value.height) / rowHeight) + spare)
  const slowest = rows.slice(first, last).reduce((most, { durationMs = 0 }) => Math.max(most, durationMs), 1)

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = () => {
      view.value = { top: box.scrollTop, height: box.clientHeight }
      isAtTop.value = box.scrollTop < rowHeight / 2
    }
    const observer = new ResizeObserver(look)
    observer.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      observer.disconnect()
      isAtTop.value = true
    }
  }, [])
  useMoving(scroller)
  useEffect(() => {
    if (hasMore && last > rows.length - spare) act(loadOlder)
  }, [hasMore, last > rows.length - spare, rows.length])

  return (
    <div class="trace-scroll" ref={scroller} role="region" aria-label="Traces, newest first" tabIndex={0}>
      <table class="traces" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What</th>
            <th scope="col">Result</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          <Space rows={first} />
          {rows.slice(first, last).map((trace, index) => (
            <Row key={trace.id} trace={trace} index={first + index} slowest={slowest} />
          ))}
          <Space rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  )
}

/** Its one cell spans no column: those that a narrow list leaves out would take their width again. */
function Space({ rows }: { readonly rows: number }) {
  return (
    <tr class="space" aria-hidden="true" key={`space${rows}`}>
      <td style={{ height: `${rows * rowHeight}px` }} />
    </tr>
  )
}

interface RowProps {
  readonly trace: TraceSummary
  readonly index: number
  readonly slowest: number
}

function Row({ trace, index, slowest }: RowProps) {
  const here = route.value
  const isChosen = here.page === 'trace' && here.cid === trace.cid
  const took = trace.durationMs ?? Math.max(0, now.value - trace.startedAt)
  const href = `/traces/${encodeURIComponent(trace.cid)}`
  return (
    <tr class={isChosen ? 'chosen' : undefined} aria-rowindex={index + 2} onClick={(event) => openRow(event, href)}>
      <td class="time" title={new Date(trace.startedAt).toISOString()}>
        {clock(trace.startedAt)}
      </td>
      <td class="what">
        <a
          href={href + location.search}
          data-row={trace.id}
          aria-current={isChosen ? 'true' : undefined}
          title={trace.title}
        >
          <span class="method">{methodOf(trace)}</span> {subjectOf(trace)}
        </a>
        <span class="second">
          <span class="ellipsis">{describe(trace)}</span>
          <span class="cid">{shortCid(trace.cid)}</span>
        </span>
      </td>
      <td>
        <Result view={resultOf(trace)} />
        <Marks trace={trace} />
      </td>
      <td class="number">{calls(trace)}</td>
      <td class="number took">
        {trace.state === 'running' && took < 1000 ? '…' : duration(took)}
        <span class="took-bar" aria-hidden="true" style={{ '--part': String(Math.min(1, took / slowest)) }} />
      </td>
    </tr>
  )
}

function Marks({ trace: { isPinned, replayOf, logs, dropped } }: { readonly trace: TraceSummary }) {
  return (
    <span class="marks">
      {isPinned && <Mark icon="pin" text="pinned" />}
      {replayOf !== undefined && <Mark icon="replay" text="replay" />}
      {logs > 0 && <Mark icon="log" text={`${logs} log ${logs === 1 ? 'line' : 'lines'}`} />}
      {dropped && <span class="tag">{dropped.details ? 'outline' : 'cut'}</span>}
    </span>
  )
}

function Mark({ icon, text }: { readonly icon: 'pin' | 'replay' | 'log'; readonly text: string }) {
  return (
    <span title={text}>
      <Icon name={icon} />
      <span class="hidden">{text}</span>
    </span>
  )
}

function describe({ kind, service, channel, method, path, source, connection }: TraceSummary): string {
  if (kind === 'channel') return service ?? channel ?? ''
  const from = source === 'cli' ? 'from the command line' : source === 'dashboard' ? 'from the dashboard' : source
  if (kind === 'service') return from
  return [method, path ?? connection, from].filter((one) => one !== undefined).join(' · ')
}

function calls({ calls: made, attempts }: TraceSummary): string {
  if (made === 0) return ''
  return attempts > made ? `${made} (${attempts - made}↻)` : String(made)
}

/** A click anywhere in the row; the link itself is the router's. */
function openRow(event: MouseEvent, href: string): void {
  const isLink = event.target instanceof Element && event.target.closest('a, button')
  if (!isLink && getSelection()?.isCollapsed !== false) navigate(href + location.search)
}

/** `j`, `k`, arrows, Home, End: the focus moves along the links. */
function useMoving(scroller: { readonly current: HTMLDivElement | null }): void {
  const move = (to: (at: number, length: number) => number) => {
    const { rows } = traces.value
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.row : undefined
    const at = rows.findIndex(({ id }) => String(id) === focused)
    const next = Math.min(rows.length - 1, Math.max(0, to(at, rows.length)))
    const row = rows[next]
    const box = scroller.current
    if (!row || !box) return
    const top = next * rowHeight
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + rowHeight * 2 > box.scrollTop + box.clientHeight)
      box.scrollTop = top + rowHeight * 2 - box.clientHeight
    requestAnimationFrame(() =>
      box.querySelector<HTMLElement>(`[data-row="${row.id}"]`)?.focus({ preventScroll: true }),
    )
  }
  const isInList = () => {
    const { activeElement } = document
    return (
      activeElement === document.body ||
      activeElement?.id === 'main' ||
      scroller.current?.contains(activeElement) === true
    )
  }
  const step = (keys: string, doc: string, to: (at: number, length: number) => number) => ({
    keys,
    doc,
    run: () => (isInList() ? move(to) : false),
  })
  useKeys([
    step('j', 'Next', (at) => at + 1),
    step('k', 'Previous', (at) => at - 1),
    step('ArrowDown', 'Next', (at) => at + 1),
    step('ArrowUp', 'Previous', (at) => at - 1),
    step('PageDown', 'Ten further', (at) => at + 10),
    step('PageUp', 'Ten back', (at) => at - 10),
    step('Home', 'First', () => 0),
    step('End', 'Last', (_at, length) => length - 1),
  ])
}
