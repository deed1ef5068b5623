import { useRef } from 'preact/hooks'
import { count } from '../../core/format.js'
import { navigate, setQuery, route } from '../../core/router.js'
import { useKeys } from '../../core/use-keys.js'
import { serverState } from '../../stores/server-state.js'
import {
  filter,
  filterProblems,
  isAtTop,
  isFlooded,
  isLoaded,
  isPaused,
  loadTraces,
  problem,
  release,
  setPaused,
  traces,
} from '../../stores/traces.js'
import { act } from '../../ui/act.js'
import { Icon } from '../../ui/icon.js'
import { Empty, Failure, Loading } from '../../ui/states.js'
import { clearTraces } from './actions.js'
import { FirstSteps } from './first-steps.js'
import { TraceTable } from './trace-table.js'

const chips: readonly (readonly [label: string, term: string])[] = [
  ['errors', 'status:err'],
  ['slow', 'dur:>500ms'],
  ['replays', 'replay:true'],
  ['pings', 'kind:ping'],
]

/** The toolbar, the rows and what stands in their place if there are none. */
export function TraceListPane() {
  const search = useRef<HTMLInputElement>(null)
  useKeys([
    { keys: '/', doc: 'Search', run: () => search.current?.focus() },
    { keys: 'p', doc: 'Pause, go on', run: () => setPaused(!isPaused.value) },
    { keys: 'Escape', doc: 'Close, then clear the filter', run: () => escape(search.current) },
  ])
  // Beside a trace, the page is about that.
  const Heading = route.value.page === 'trace' ? 'h2' : 'h1'
  return (
    <section class="list-pane" aria-labelledby="traces-title">
      <div class="toolbar">
        <Heading class="list-title" id="traces-title">
          Traces
        </Heading>
        <div class="search">
          <Icon name="search" />
          <input
            ref={search}
            type="search"
            aria-label="Filter traces"
            aria-describedby="filter-problems"
            placeholder='status:5xx conn:"Orders API" dur:>500ms'
            spellcheck={false}
            autocomplete="off"
            value={filter.value}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
        <button type="button" aria-pressed={isPaused.value} onClick={() => setPaused(!isPaused.value)}>
          <Icon name={isPaused.value ? 'play' : 'pause'} />
          {isPaused.value ? 'Go on' : 'Pause'}
        </button>
        <button type="button" disabled={traces.value.kept === 0} onClick={() => act(clearTraces)}>
          Clear
        </button>
      </div>
      <div class="chips">
        {chips.map(([label, term]) => (
          <button
            type="button"
            class="chip"
            key={label}
            aria-pressed={hasTerm(term)}
            onClick={() => setFilter(hasTerm(term) ? without(term) : `${filter.value} ${term}`.trim())}
          >
            {label}
          </button>
        ))}
        <span class="chips-count dim">{countText()}</span>
      </div>
      <p class="filter-problems" id="filter-problems" role="status">
        {filterProblems.value.join(' · ')}
      </p>
      <Body />
    </section>
  )
}

function Body() {
  const { rows, held } = traces.value
  if (!isLoaded.value) {
    return problem.value ? <Failure problem={problem.value} onRetry={() => void loadTraces()} /> : <Loading />
  }
  return (
    <div class="list-body">
      {held.length > 0 && (
        <button
          type="button"
          class="news"
          disabled={isFlooded.value && isAtTop.value && !isPaused.value}
          onClick={show}
        >
          {`${held.length.toLocaleString('en')} new – show`}
        </button>
      )}
      {rows.length > 0 ? <TraceTable /> : <Nothing />}
    </div>
  )
}

function Nothing() {
  if (filter.value === '') return <FirstSteps />
  return (
    <Empty title="No trace matches">
      <p>
        <code>{filter.value}</code>
      </p>
      <button type="button" onClick={() => setFilter('')}>
        Clear the filter
      </button>
    </Empty>
  )
}

function show(): void {
  release()
  document.querySelector('.trace-scroll')?.scrollTo({ top: 0 })
}

export function setFilter(text: string): void {
  filter.value = text
  setQuery({ filter: text })
}

function hasTerm(term: string): boolean {
  return filter.value.split(/\s+/).includes(term)
}

function without(term: string): string {
  return filter.value
    .split(/\s+/)
    .filter((word) => word !== term)
    .join(' ')
}

function countText(): string {
  const { rows, kept, removed, hasMore } = traces.value
  const shown = filter.value !== '' ? `${rows.length.toLocaleString('en')}${hasMore ? '+' : ''} of ` : ''
  const limit = serverState.value?.traces.limit
  const room = limit === undefined || removed === 0 ? '' : `, ${removed.toLocaleString('en')} removed`
  return shown + count(kept, 'trace') + room
}

function escape(search: HTMLInputElement | null): void {
  if (route.value.page === 'trace') navigate(`/traces${location.search}`)
  else if (document.activeElement === search && filter.value === '') search?.blur()
  else setFilter('')
}
