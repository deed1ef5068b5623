import type { Signal } from '@preact/signals'
import { jsonProblem } from '../core/rows.js'
import { Field } from './field.js'

interface Props {
  readonly text: Signal<string>
  readonly isJson?: boolean
  readonly label?: string
}

/** A body as it is typed; JSON is checked on the way, and never changed unless asked. */
export function BodyField({ text, isJson = true, label = 'Body' }: Props) {
  const looksJson = isJson && /^\s*[[{"\d]/.test(text.value)
  const problem = looksJson ? jsonProblem(text.value) : undefined
  const format = () => {
    text.value = JSON.stringify(JSON.parse(text.value), null, 2)
  }
  return (
    <div class="body-field">
      <Field
        label={label}
        problem={problem && `Not JSON yet, line ${problem.line}, column ${problem.column}: ${problem.message}`}
        hint={looksJson && !problem ? '✓ JSON' : ''}
      >
        {(props) => (
          <textarea
            {...props}
            class="mono"
            rows={Math.min(16, Math.max(4, text.value.split('\n').length + 1))}
            spellcheck={false}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        )}
      </Field>
      {looksJson && !problem && (
        <button type="button" class="quiet small" onClick={format}>
          Format
        </button>
      )}
    </div>
  )
}
