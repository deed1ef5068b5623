import { useSignal } from '@preact/signals'
import type { Span, Trace } from '../../../../trace/record.js'
import { query, setQuery } from '../../core/router.js'
import { useKeys } from '../../core/use-keys.js'
import { remember, remembered } from '../../core/storage.js'
import { LogDetails } from '../../ui/log-details.js'
import { Tabs } from '../../ui/tabs.js'
import { ErrorView } from './error-view.js'
import { MessageView } from './message-view.js'
import { RequestLine } from './request-line.js'
import { TimingView } from './timing-view.js'

const names = ['request', 'response', 'timing', 'logs', 'error'] as const
type Name = (typeof names)[number]

/** All that is known of one span. */
export function SpanPanel({ trace, span }: { readonly trace: Trace; readonly span: Span }) {
  const logs = trace.spans.filter((one) => one.kind === 'log' && (one.parentId === span.id || one.id === span.id))
  const key = `zato-tab-${span.kind}`
  const wanted = useSignal(names.find((name) => name === (query.value.get('tab') ?? remembered(key))))
  const has: Readonly<Record<Name, boolean>> = {
    request: span.request !== undefined || span.call !== undefined,
    response: span.response !== undefined,
    timing: true,
    logs: logs.length > 0,
    error: span.error !== undefined,
  }
  const selected = wanted.value && has[wanted.value] ? wanted.value : fallback(has, span)
  const select = (name: string) => {
    wanted.value = names.find((one) => one === name)
    remember(key, name)
    setQuery({ tab: name })
  }
  useKeys(
    names.map((name, index) => ({
      keys: String(index + 1),
      doc: name,
      run: () => (has[name] ? select(name) : false),
    })),
  )
  const tabs = names
    .filter((name) => has[name])
    .map((name) => ({
      id: name,
      label: name.charAt(0).toUpperCase() + name.slice(1),
      note:
        name === 'logs'
          ? String(logs.length)
          : name === 'response' && span.status !== undefined
            ? String(span.status)
            : undefined,
    }))
  return (
    <section class="span-panel" aria-label="Details of the span">
      <Tabs label="Details" tabs={tabs} selected={selected} onSelect={select}>
        {selected === 'request' && (
          <>
            <RequestLine span={span} trace={trace} />
            {span.request && <MessageView message={span.request} name="request" />}
          </>
        )}
        {selected === 'response' && span.response && (
          <MessageView message={span.response} name="response" status={span.status} />
        )}
        {selected === 'timing' && <TimingView span={span} />}
        {selected === 'logs' && (
          <ul class="log-lines">
            {logs.map(({ id, log }) => (
              <li key={id}>
                <span class={`level ${log?.level ?? ''}`}>{log?.level}</span> <span class="mono">{log?.message}</span>
                {log?.details !== undefined && <LogDetails details={log.details} />}
              </li>
            ))}
          </ul>
        )}
        {selected === 'error' && span.error && <ErrorView error={span.error} />}
      </Tabs>
    </section>
  )
}

function fallback(has: Readonly<Record<Name, boolean>>, span: Span): Name {
  if (has.error && !has.response) return 'error'
  if (has.response && (span.kind !== 'channel' || span.status !== undefined)) return 'response'
  return names.find((name) => has[name] && name !== 'timing') ?? 'timing'
}
