import { useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { remember, remembered } from '../../core/storage.js'
import { path, query, route } from '../../core/router.js'
import { setTitle } from '../../core/title.js'
import { filter } from '../../stores/traces.js'
import { Splitter } from '../../ui/splitter.js'
import { TraceListPane } from './trace-list-pane.js'
import { TracePane } from './trace-pane.js'

/** The list, and the trace that is chosen beside it. */
export function TracesPage() {
  const here = route.value
  // At once: after the next rendering it would undo what was typed meanwhile.
  useSignalEffect(() => {
    filter.value = query.value.get('filter') ?? ''
  })
  useEffect(() => {
    if (here.page === 'traces') setTitle('Traces')
  }, [path.value])
  const isChosen = here.page === 'trace'
  return (
    <Splitter
      label="Width of the list"
      initial={Number(remembered('zato-split')) || 42}
      onChange={(percent) => remember('zato-split', String(percent))}
      hasSecond={isChosen}
    >
      <TraceListPane />
      {here.page === 'trace' && <TracePane key={here.cid} cid={here.cid} spanId={here.spanId} />}
    </Splitter>
  )
}
