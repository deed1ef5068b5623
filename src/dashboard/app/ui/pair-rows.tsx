import type { Signal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { type Pair, pastedRows } from '../core/rows.js'

interface Props {
  readonly legend: string
  readonly noun: string
  readonly rows: Signal<readonly Pair[]>
  /** Names that are suggested. */
  readonly names?: readonly string[]
}

/** Rows of names and values; one more appears when the last is typed into. A pasted query or JSON object becomes rows. */
export function PairRows({ legend, noun, rows, names = [] }: Props) {
  const id = useId()
  const shown: readonly Pair[] = [...rows.value, ['', '']]
  const set = (index: number, pair: Pair) => {
    const next = shown.map((row, at) => (at === index ? pair : row))
    rows.value = next.filter(([name, value], at) => at < rows.value.length || name !== '' || value !== '')
  }
  const remove = (index: number) => {
    rows.value = rows.value.filter((_, at) => at !== index)
  }
  const paste = (event: ClipboardEvent, index: number) => {
    const found = pastedRows(event.clipboardData?.getData('text') ?? '')
    if (!found || shown[index]?.[0] !== '') return
    event.preventDefault()
    rows.value = [...rows.value.slice(0, index), ...found, ...rows.value.slice(index)]
  }
  return (
    <fieldset class="pairs">
      <legend>{legend}</legend>
      {names.length > 0 && (
        <datalist id={id}>
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      {shown.map(([name, value], index) => (
        <div class="pair" key={index}>
          <input
            class="mono"
            aria-label={`Name of ${noun} ${index + 1}`}
            placeholder="name"
            list={names.length > 0 ? id : undefined}
            spellcheck={false}
            value={name}
            onPaste={(event) => paste(event, index)}
            onInput={(event) => set(index, [event.currentTarget.value, value])}
          />
          <input
            class="mono"
            aria-label={`Value of ${noun} ${index + 1}`}
            placeholder="value"
            spellcheck={false}
            value={value}
            onInput={(event) => set(index, [name, event.currentTarget.value])}
          />
          <button
            type="button"
            class="quiet icon-only"
            aria-label={`Remove ${noun} ${index + 1}`}
            disabled={index >= rows.value.length}
            onClick={() => remove(index)}
          >
            ✕
          </button>
        </div>
      ))}
    </fieldset>
  )
}
