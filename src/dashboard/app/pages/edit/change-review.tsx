import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { AppliedReply, ConflictView, EditOperation, PreviewReply } from '../../../shared/api.js'
import { type ApiProblem, problemOf, request } from '../../core/client.js'
import { duration } from '../../core/format.js'
import { act } from '../../ui/act.js'
import { Diff } from '../../ui/code.js'
import { Failure, Loading } from '../../ui/states.js'
import { say } from '../../ui/toasts.js'
import { ProblemBox } from '../problem-box.js'

interface Props {
  readonly operations: readonly EditOperation[]
  readonly revision: string
  readonly onCancel: () => void
  readonly onDone: () => void
  /** Told of messages that belong to fields. */
  readonly onFields?: (fields: PreviewReply['fields']) => void
}

/** The lines that would change, before they do; what has changed underneath is shown, and nobody's text is lost. */
export function ChangeReview({ operations, revision, onCancel, onDone, onFields }: Props) {
  const base = useSignal(revision)
  const preview = useSignal<PreviewReply | undefined>(undefined)
  const conflict = useSignal<ConflictView | undefined>(undefined)
  const problem = useSignal<ApiProblem | undefined>(undefined)
  const isSaving = useSignal(false)

  const fail = (error: unknown) => {
    const found = problemOf(error)
    if (found.detail.conflict) {
      conflict.value = found.detail.conflict
      base.value = found.detail.conflict.revision
    } else problem.value = found
    if (found.detail.fields) onFields?.(found.detail.fields)
  }
  const look = async () => {
    problem.value = undefined
    try {
      preview.value = await request<PreviewReply>('POST', '/config/preview', {
        body: { operations, baseRevision: base.value },
      })
      onFields?.(preview.value.fields)
    } catch (error) {
      fail(error)
    }
  }
  const save = async () => {
    if (isSaving.value) return
    isSaving.value = true
    problem.value = undefined
    try {
      told(await request<AppliedReply>('POST', '/config/apply', { body: { operations, baseRevision: base.value } }))
      onDone()
    } catch (error) {
      fail(error)
    } finally {
      isSaving.value = false
    }
  }
  useEffect(() => void look(), [])

  const errors = preview.value?.problems.filter(({ severity }) => severity === 'error') ?? []
  const diff = conflict.value ? conflict.value.diff : preview.value?.diff
  const isPossible = diff !== undefined && diff !== ''
  return (
    <div class="review">
      {conflict.value && (
        <div class="note warn" role="alert">
          <p>
            <strong>The file has changed meanwhile.</strong> Nothing was saved, and nothing is lost: below is what
            changed, and your change on top of it.
          </p>
          {conflict.value.changed !== '' && <Diff text={conflict.value.changed} label="What changed meanwhile" />}
        </div>
      )}
      {problem.value && <Failure problem={problem.value} onRetry={() => void look()} />}
      {diff === undefined && !problem.value && <Loading />}
      {diff === '' && <NoDiff preview={preview.value} isConflict={conflict.value !== undefined} />}
      {isPossible && <Diff text={diff} label="Your change" />}
      {preview.value?.problems.map((one, index) => (
        <ProblemBox key={index} problem={one} />
      ))}
      <div class="form-end row">
        <button
          type="button"
          class="primary"
          disabled={!isPossible}
          aria-disabled={isSaving.value}
          onClick={() => void save()}
        >
          {isSaving.value
            ? 'Saving…'
            : conflict.value
              ? 'Save on top of it'
              : isPossible && errors.length > 0
                ? 'Save all the same'
                : 'Save'}
        </button>
        <button type="button" onClick={onCancel}>
          Back
        </button>
      </div>
    </div>
  )
}

/** Why there are no lines that would change. What is wrong with the project as a whole stands below, field by field here. */
function NoDiff({ preview, isConflict }: { readonly preview: PreviewReply | undefined; readonly isConflict: boolean }) {
  if (isConflict) return <p class="dim">Your change cannot be made on top of it.</p>
  const { problems = [], fields = [] } = preview ?? {}
  if (problems.length + fields.length === 0) return <p class="dim">Nothing changes.</p>
  return (
    <div class="note bad" role="alert">
      <p>This cannot be saved until it is put right:</p>
      {problems.length === 0 && (
        <ul>
          {fields.map(({ path, message }) => (
            <li key={path}>
              <code>{path.replace(/^\//, '')}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function told({ liveMs, undo, problems }: AppliedReply): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const text = liveMs !== undefined ? `Saved, live in ${duration(liveMs)}` : 'Saved, but it could not be loaded'
  say(errors[0] ? `${text}: ${errors[0].message}` : text, {
    tone: liveMs === undefined ? 'bad' : 'ok',
    action: undo === undefined ? undefined : { label: 'Undo', run: () => act(() => takeBack(undo)) },
  })
}

async function takeBack(undo: string): Promise<void> {
  const { liveMs } = await request<AppliedReply>('POST', '/config/undo', { body: { undo } })
  say(liveMs === undefined ? 'The change is taken back' : `The change is taken back, live in ${duration(liveMs)}`)
}
