import type { ResultView } from '../core/result.js'

export function Result({ view }: { readonly view: ResultView }) {
  if (view.text === '') return null
  return (
    <span class={`result ${view.tone}`} title={view.title}>
      <span class="result-symbol" aria-hidden="true">
        {view.symbol}
      </span>
      {view.text}
    </span>
  )
}
