import type { ErrorRecord } from '../../../../trace/record.js'
import { placeOf } from '../../core/format.js'
import { openInEditor } from '../../stores/server-state.js'
import { act } from '../../ui/act.js'
import { Code } from '../../ui/code.js'

/** What went wrong, where in the user's own source, and what lay under it. */
export function ErrorView({ error }: { readonly error: ErrorRecord }) {
  const { name, message, code, hint, phase, source, stack, cause } = error
  return (
    <div class="error-view">
      <p class="error-head">
        <strong>{name}</strong>
        {code !== undefined && <span class="tag mono">{code}</span>}
        {phase !== undefined && <span class="tag">{`phase: ${phase}`}</span>}
      </p>
      <p class="error-message">{message}</p>
      {hint !== undefined && <p class="dim">{hint}</p>}
      {source && (
        <p class="row">
          <code>{placeOf(source)}</code>
          <button
            type="button"
            class="small"
            onClick={() => act(() => openInEditor(source.file, source.line, source.column))}
          >
            Open in editor
          </button>
        </p>
      )}
      {source?.frame !== undefined && <Code text={source.frame} label="the source" canCopy={false} />}
      {stack !== undefined && (
        <details>
          <summary>Stack</summary>
          <Code text={stack} label="the stack" />
        </details>
      )}
      {cause && (
        <section class="cause" aria-label="Caused by">
          <h2>Caused by</h2>
          <ErrorView error={cause} />
        </section>
      )}
    </div>
  )
}
