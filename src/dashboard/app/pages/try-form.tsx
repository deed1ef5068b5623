import { type Signal, signal, useSignal } from '@preact/signals'
import { useEffect, useId, useMemo, useRef } from 'preact/hooks'
import type { Snippets, StartedReply, TypedSnippets } from '../../shared/api.js'
import { problemOf, request } from '../core/client.js'
import { type Pair } from '../core/rows.js'
import { urlPieces } from '../core/try-url.js'
import { useKeys } from '../core/use-keys.js'
import { BodyField } from '../ui/body-field.js'
import { Code } from '../ui/code.js'
import { Field } from '../ui/field.js'
import { PairRows } from '../ui/pair-rows.js'
import { Tabs } from '../ui/tabs.js'
import { act } from '../ui/act.js'
import { marked } from './traces/request-line.js'
import { TryResult } from './try-result.js'

/** What has been typed. It outlives live updates, and going to another page and back. */
export interface Draft {
  readonly method: Signal<string>
  readonly params: Signal<Readonly<Record<string, string>>>
  readonly query: Signal<readonly Pair[]>
  readonly headers: Signal<readonly Pair[]>
  readonly body: Signal<string>
  readonly cid: Signal<string>
}

export interface TryProps {
  /** Under which the draft is kept. */
  readonly id: string
  readonly name: string
  readonly template: string
  readonly placeholders: readonly string[]
  readonly samples: Readonly<Record<string, string>>
  readonly method: string
  /** Whether another method may be chosen. */
  readonly isMethodFixed: boolean
  readonly isJson: boolean
  readonly send: (draft: Draft) => Promise<StartedReply>
  readonly snippets?: ((draft: Draft, abort: AbortSignal) => Promise<TypedSnippets>) | undefined
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const commonHeaders = [
  'Accept',
  'Accept-Language',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'X-Request-Id',
]
const drafts = new Map<string, Draft>()

function draftOf({ id, samples, method }: TryProps): Draft {
  const known = drafts.get(id)
  if (known) return known
  const draft: Draft = {
    method: signal(method),
    params: signal(samples),
    query: signal<readonly Pair[]>([]),
    headers: signal<readonly Pair[]>([]),
    body: signal(''),
    cid: signal(''),
  }
  drafts.set(id, draft)
  return draft
}

/** One labelled input for each placeholder, and all else that a request has. */
export function TryForm(props: TryProps) {
  const { placeholders, template, isMethodFixed, isJson, name } = props
  const draft = useMemo(() => draftOf(props), [props.id])
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const missing = useSignal<readonly string[]>([])
  const problem = useSignal('')
  const started = useSignal<StartedReply | undefined>(undefined)
  const running = useSignal<number | undefined>(undefined)
  const { method, params } = draft
  const hasBody = method.value !== 'GET' && method.value !== 'HEAD'

  const submit = async () => {
    const holes = placeholders.filter((one) => (params.value[one] ?? '') === '')
    missing.value = holes
    if (holes[0] !== undefined) {
      document.getElementById(`${id}-${holes[0]}`)?.focus()
      return
    }
    problem.value = ''
    try {
      started.value = await props.send(draft)
    } catch (error) {
      const { message, detail } = problemOf(error)
      problem.value = [message, detail.hint].filter(Boolean).join(': ')
    }
  }
  const cancel = () => {
    if (running.value === undefined) return false
    const trace = running.value
    act(() => request('POST', `/trace/${trace}/cancel`))
    return true
  }
  useKeys([
    { keys: 't', doc: 'Try', run: () => form.current?.querySelector('input')?.focus() },
    { keys: 'Escape', doc: 'Cancel', run: cancel },
  ])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void submit()
  }
  return (
    <section class="try" aria-label={`Try ${name}`}>
      <h2>Try it</h2>
      <form
        ref={form}
        class="form"
        noValidate
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {!isMethodFixed && (
          <fieldset class="methods">
            <legend>Method</legend>
            <div class="segments">
              {methods.map((one) => (
                <label key={one} class={one === method.value ? 'on' : undefined}>
                  <input
                    type="radio"
                    name={`${id}-method`}
                    checked={one === method.value}
                    onChange={() => (method.value = one)}
                  />
                  {one}
                </label>
              ))}
            </div>
          </fieldset>
        )}
        {placeholders.length > 0 && (
          <fieldset>
            <legend>Path parameters</legend>
            <div class="field-grid">
              {placeholders.map((one) => (
                <Field
                  key={one}
                  id={`${id}-${one}`}
                  label={one}
                  isRequired
                  problem={
                    missing.value.includes(one) && (params.value[one] ?? '') === ''
                      ? 'A value is needed for the path'
                      : ''
                  }
                >
                  {(field) => (
                    <input
                      {...field}
                      class="mono"
                      required
                      spellcheck={false}
                      autocomplete="off"
                      value={params.value[one] ?? ''}
                      onInput={(event) => (params.value = { ...params.value, [one]: event.currentTarget.value })}
                    />
                  )}
                </Field>
              ))}
            </div>
            <p class="field-hint mono">{marked(template)}</p>
          </fieldset>
        )}
        <PairRows legend="Query" noun="query parameter" rows={draft.query} />
        <PairRows legend="Headers" noun="header" rows={draft.headers} names={commonHeaders} />
        {hasBody && <BodyField text={draft.body} isJson={isJson} />}
        <p class="url-line mono" aria-label="What is sent">
          <span class="method">{method.value}</span>{' '}
          <span>
            {urlPieces(template, params.value, draft.query.value).map(({ text, isMissing }, index) =>
              isMissing ? (
                <span class="missing" key={index}>
                  {text}
                </span>
              ) : (
                text
              ),
            )}
          </span>
        </p>
        <p class="field-problem" role="alert">
          {problem.value}
        </p>
        <div class="row">
          {running.value === undefined ? (
            <button type="submit" class="primary">
              Send <kbd>Ctrl ⏎</kbd>
            </button>
          ) : (
            <button type="button" class="primary" onClick={cancel}>
              Cancel <kbd>Esc</kbd>
            </button>
          )}
        </div>
      </form>
      {started.value && (
        <TryResult
          key={started.value.cid}
          cid={started.value.cid}
          id={started.value.id}
          onRunning={(trace) => (running.value = trace)}
        />
      )}
      {props.snippets && <SnippetTabs draft={draft} load={props.snippets} />}
    </section>
  )
}

interface SnippetProps {
  readonly draft: Draft
  readonly load: (draft: Draft, abort: AbortSignal) => Promise<TypedSnippets>
}

/** The same request elsewhere, as it is typed. */
function SnippetTabs({ draft, load }: SnippetProps) {
  const selected = useSignal('curl')
  const snippets = useSignal<Snippets | undefined>(undefined)
  const refused = useSignal('')
  const typed = JSON.stringify(
    [draft.method, draft.params, draft.query, draft.headers, draft.body].map(({ value }) => value),
  )
  useEffect(() => {
    const abort = new AbortController()
    const timer = setTimeout(() => {
      load(draft, abort.signal).then(
        (reply) => {
          if ('refused' in reply) {
            refused.value = reply.refused
            return
          }
          snippets.value = reply
          refused.value = ''
        },
        (error: unknown) => {
          if (abort.signal.aborted) return
          const { message, detail } = problemOf(error)
          refused.value = [message, detail.hint].filter(Boolean).join(': ')
        },
      )
    }, 200)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [typed])
  if (refused.value !== '') return <p class="dim">{`No curl, zato-ts or TypeScript to copy: ${refused.value}`}</p>
  if (!snippets.value) return null
  const { curl, zato, typescript, notes } = snippets.value
  const text = { curl, zato, typescript }[selected.value] ?? ''
  return (
    <Tabs
      label="The same elsewhere"
      tabs={[
        { id: 'curl', label: 'curl' },
        { id: 'zato', label: 'zato-ts' },
        { id: 'typescript', label: 'TypeScript' },
      ]}
      selected={selected.value}
      onSelect={(one) => (selected.value = one)}
    >
      <Code text={text} label="the snippet" />
      {notes.map((note) => (
        <p class="dim" key={note}>
          {note}
        </p>
      ))}
    </Tabs>
  )
}
