import { type Signal, signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { InvokeRequest, ServiceView, StartedReply } from '../../../shared/api.js'
import { part, problemOf, request } from '../../core/client.js'
import { type Pair, jsonProblem } from '../../core/rows.js'
import { setTitle } from '../../core/title.js'
import { projectChanged, useResource } from '../../stores/resource.js'
import { openInEditor } from '../../stores/server-state.js'
import { act } from '../../ui/act.js'
import { BodyField } from '../../ui/body-field.js'
import { LastResult, Stats } from '../../ui/item-table.js'
import { PairRows } from '../../ui/pair-rows.js'
import { Pending } from '../../ui/states.js'
import { TryResult } from '../try-result.js'
import { Links } from './services-page.js'

/** What was typed for each service, while the page is open. */
const payloads = new Map<string, Signal<string>>()

export function ServicePage({ name }: { readonly name: string }) {
  const { value, problem, load } = useResource<{ readonly service: ServiceView }>(
    `/services/${part(name)}`,
    (event) => projectChanged(event) || (event.type === 'trace.close' && event.trace.service === name),
  )
  useEffect(() => setTitle(name), [name])
  const service = value.value?.service
  if (!service) return <Pending title={name} problem={problem.value} onRetry={() => void load()} />
  const { file, line, channels, connections, verbs, stats } = service
  return (
    <div class="page wide item-page">
      <header class="item-head">
        <p class="crumbs">
          <a href="/services">Services</a> <span aria-hidden="true">/</span>
        </p>
        <h1>{name}</h1>
      </header>
      <div class="item-columns">
        <section class="card" aria-label="Definition">
          <dl class="fact-list">
            <div>
              <dt>Source</dt>
              <dd>
                <button type="button" class="link mono" onClick={() => act(() => openInEditor(file, line))}>
                  {line === undefined ? file : `${file}:${line}`}
                </button>
              </dd>
            </div>
            <div>
              <dt>Handles</dt>
              <dd>{verbs.length === 0 ? 'any method' : verbs.join(', ')}</dd>
            </div>
            <div>
              <dt>Channels</dt>
              <dd>
                <Links names={channels} list="/channels" />
              </dd>
            </div>
            <div>
              <dt>Calls</dt>
              <dd>
                <Links names={connections} list="/connections" />
              </dd>
            </div>
            <div>
              <dt>Last</dt>
              <dd>
                <LastResult stats={stats} />
              </dd>
            </div>
            <div>
              <dt>5 min</dt>
              <dd>
                <Stats stats={stats} />
              </dd>
            </div>
          </dl>
          <a href={`/traces?filter=${encodeURIComponent(`service:"${name}"`)}`}>Its traces</a>
        </section>
        <Invoke name={name} />
      </div>
    </div>
  )
}

function payloadOf(name: string): Signal<string> {
  const known = payloads.get(name) ?? signal('')
  payloads.set(name, known)
  return known
}

function Invoke({ name }: { readonly name: string }) {
  const payload = payloadOf(name)
  const params = useSignal<readonly Pair[]>([])
  const problem = useSignal('')
  const started = useSignal<StartedReply | undefined>(undefined)
  const running = useSignal<number | undefined>(undefined)
  const submit = async () => {
    problem.value = jsonProblem(payload.value) ? 'The payload is not JSON' : ''
    if (problem.value !== '') return
    const given = params.value.filter(([one]) => one !== '')
    const body: InvokeRequest = {
      ...(payload.value.trim() !== '' && { payload: payload.value }),
      ...(given.length > 0 && { params: Object.fromEntries(given) }),
    }
    try {
      started.value = await request<StartedReply>('POST', `/services/${part(name)}/invoke`, { body })
    } catch (error) {
      const { message, detail } = problemOf(error)
      problem.value = [message, detail.hint].filter(Boolean).join(': ')
    }
  }
  return (
    <section class="try" aria-label={`Invoke ${name}`}>
      <h2>Invoke it</h2>
      <form
        class="form"
        noValidate
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          void submit()
        }}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <BodyField text={payload} label="Payload" />
        <PairRows legend="Parameters" noun="parameter" rows={params} />
        <p class="field-problem" role="alert">
          {problem.value}
        </p>
        <div class="row">
          <button type="submit" class="primary">
            Invoke <kbd>Ctrl ⏎</kbd>
          </button>
          {running.value !== undefined && (
            <button type="button" onClick={() => act(() => request('POST', `/trace/${running.value ?? 0}/cancel`))}>
              Cancel
            </button>
          )}
        </div>
      </form>
      {started.value && (
        <TryResult
          key={started.value.cid}
          cid={started.value.cid}
          id={started.value.id}
          onRunning={(one) => (running.value = one)}
        />
      )}
    </section>
  )
}
