import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { ReplayEdits } from '../../../shared/api.js'
import type { Trace } from '../../../../trace/record.js'
import { problemOf } from '../../core/client.js'
import { type Pair, headerRows } from '../../core/rows.js'
import { BodyField } from '../../ui/body-field.js'
import { Dialog } from '../../ui/dialog.js'
import { Field } from '../../ui/field.js'
import { PairRows } from '../../ui/pair-rows.js'
import { replay } from './actions.js'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** What was sent, to be changed before it is sent again. Only what was changed is sent along. */
export function ReplayForm({ trace, onClose }: { readonly trace: Trace; readonly onClose: () => void }) {
  const isCall = trace.kind === 'call'
  const first = useMemo(() => sentOf(trace), [trace.id])
  const method = useSignal(first.method)
  const path = useSignal(first.path)
  const params = useSignal<readonly Pair[]>(first.params)
  const headers = useSignal<readonly Pair[]>(first.headers)
  const body = useSignal(first.body)
  const problem = useSignal('')
  const isSending = useSignal(false)

  const submit = async () => {
    isSending.value = true
    try {
      const edits: ReplayEdits = {
        ...(method.value !== first.method && { method: method.value }),
        ...(!isCall && path.value !== first.path && { path: path.value }),
        ...(isCall && differs(params.value, first.params) && { params: recordOf(params.value) }),
        ...(differs(headers.value, first.headers) && { headers: headers.value.filter(([name]) => name.trim() !== '') }),
        ...((first.isOutline || body.value !== first.body) && { body: body.value }),
      }
      await replay(trace.id, edits)
      onClose()
    } catch (error) {
      const { message, detail } = problemOf(error)
      problem.value = [message, detail.hint].filter(Boolean).join(': ')
    } finally {
      isSending.value = false
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void submit()
  }
  return (
    <Dialog title="Replay with edits" onClose={onClose} isWide>
      <form
        class="form"
        noValidate
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {trace.kind !== 'service' && (
          <div class="method-path">
            <Field label="Method">
              {(props) => (
                <select
                  {...props}
                  value={method.value}
                  onChange={(event) => (method.value = event.currentTarget.value)}
                >
                  {[...new Set([first.method, ...methods])].map((one) => (
                    <option key={one} value={one}>
                      {one}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {!isCall && (
              <Field label="Path and query">
                {(props) => (
                  <input
                    {...props}
                    class="mono"
                    value={path.value}
                    spellcheck={false}
                    onInput={(event) => (path.value = event.currentTarget.value)}
                  />
                )}
              </Field>
            )}
          </div>
        )}
        {isCall && <PairRows legend="Parameters" rows={params} noun="parameter" />}
        {trace.kind !== 'service' && <PairRows legend="Headers" rows={headers} noun="header" />}
        {first.isOutline && (
          <p class="note warn">Its headers and body were not kept: it is sent with what stands here.</p>
        )}
        <BodyField text={body} />
        <p class="field-problem" role="alert">
          {problem.value}
        </p>
        <div class="form-end row">
          <button type="submit" class="primary" aria-disabled={isSending.value}>
            Replay <kbd>Ctrl ⏎</kbd>
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function differs(a: readonly Pair[], b: readonly Pair[]): boolean {
  return JSON.stringify(a) !== JSON.stringify(b)
}

function recordOf(rows: readonly Pair[]): Record<string, string | readonly string[]> {
  const record: Record<string, string | readonly string[]> = {}
  for (const [name, value] of rows) {
    if (name === '') continue
    const before = record[name]
    record[name] = before === undefined ? value : [...[before].flat(), value]
  }
  return record
}

/** What was sent, as the form has it. */
function sentOf(trace: Trace) {
  const root = trace.spans.find(({ request }) => request) ?? trace.spans[0]
  return {
    method: trace.method ?? root?.call?.method ?? 'GET',
    path: trace.path ?? '',
    params: (root?.call?.params ?? []).map(({ name, value }): Pair => [name, value]),
    headers: headerRows(root?.request?.headers ?? []),
    body: root?.request?.body?.text ?? '',
    isOutline: trace.kind === 'channel' && !root?.request,
  }
}
