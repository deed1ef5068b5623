import type { ProblemView } from '../../shared/api.js'
import { openInEditor } from '../stores/server-state.js'
import { act } from '../ui/act.js'

/** One problem of the project, with its place in the source. */
export function ProblemBox({ problem }: { readonly problem: ProblemView }) {
  const { severity, message, hint, file, line, column, frame, code } = problem
  return (
    <div class={`problem ${severity === 'error' ? 'bad' : 'warn'}`}>
      <p class="problem-head">
        <strong>{severity === 'error' ? '✕ Error' : '! Warning'}</strong>
        <span class="tag mono">{code}</span>
        {file !== undefined && (
          <button type="button" class="link mono" onClick={() => act(() => openInEditor(file, line, column))}>
            {[file, line, column].filter((one) => one !== undefined).join(':')}
          </button>
        )}
      </p>
      <p>{message}</p>
      {hint !== undefined && <p class="dim">{hint}</p>}
      {frame !== undefined && (
        <pre tabIndex={0} role="region" aria-label={`Source of ${code}, line ${line ?? 1}`}>
          {frame}
        </pre>
      )}
    </div>
  )
}
