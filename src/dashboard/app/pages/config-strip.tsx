import { useSignal } from '@preact/signals'
import type { ProblemView } from '../../shared/api.js'
import { clock } from '../core/format.js'
import { liveStatus } from '../core/stream.js'
import { errorsOf, openInEditor, serverState } from '../stores/server-state.js'
import { act } from '../ui/act.js'
import { CopyButton } from '../ui/copy-button.js'
import { ProblemBox } from './problem-box.js'

/** Under the bar, only when something is wrong or going on. */
export function ConfigStrip() {
  const isOpen = useSignal(false)
  const state = serverState.value
  if (liveStatus.value.kind === 'stopped') return <Stopped />
  if (!state) return null
  const errors = errorsOf(state.problems)
  // What stops everything is told first.
  const first = errors.find(({ isFatal }) => isFatal) ?? errors[0]
  if (!first) return state.isReloading ? <p class="strip run">Reloading…</p> : null
  return (
    <section class="strip bad" aria-label="Problems of the project">
      <div class="strip-line">
        <span class="strip-text">
          <strong class="mono">{whereOf(first)}</strong> {first.message}
          {first.hint !== undefined && <span class="dim">{` – ${first.hint}`}</span>}
          {errors.length > 1 && ` (and ${errors.length - 1} more)`}
        </span>
        {state.runningSince !== undefined && errors.some(({ isFatal }) => isFatal) && (
          <span class="dim">{`running the last good version, of ${clock(state.runningSince).slice(0, 8)}`}</span>
        )}
        <button type="button" class="small" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? 'Hide' : 'Show'}
        </button>
        {first.file !== undefined && (
          <button
            type="button"
            class="small"
            onClick={() => act(() => openInEditor(first.file ?? '', first.line, first.column))}
          >
            Open in editor
          </button>
        )}
      </div>
      {isOpen.value && errors.map((problem, index) => <ProblemBox key={index} problem={problem} />)}
    </section>
  )
}

function Stopped() {
  return (
    <section class="strip bad" aria-label="The server has stopped">
      <div class="strip-line">
        <span class="strip-text">
          The server has stopped. Start it again with <code>zato-ts serve</code>; this page goes on by itself.
        </span>
        <CopyButton text="zato-ts serve" what="the command" />
      </div>
    </section>
  )
}

export function whereOf({ file, line, column }: ProblemView): string {
  return [file, line, column].filter((one) => one !== undefined).join(':')
}
