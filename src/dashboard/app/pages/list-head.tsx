import type { Signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useKeys } from '../core/use-keys.js'
import { Icon } from '../ui/icon.js'

interface Props {
  readonly title: string
  readonly noun: string
  readonly count: number
  readonly wanted: Signal<string>
  /** Where one is added. */
  readonly add?: string
}

export function ListHead({ title, noun, count, wanted, add }: Props) {
  const search = useRef<HTMLInputElement>(null)
  useKeys([{ keys: '/', doc: 'Search', run: () => search.current?.focus() }])
  return (
    <div class="toolbar">
      <h1>{title}</h1>
      <span class="dim">{count}</span>
      <div class="search">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          aria-label={`Filter ${title.toLowerCase()}`}
          placeholder="Filter"
          value={wanted.value}
          onInput={(event) => (wanted.value = event.currentTarget.value)}
        />
      </div>
      {add !== undefined && (
        <a class="button primary" href={add}>
          <Icon name="plus" />
          {`Add a ${noun}`}
        </a>
      )}
    </div>
  )
}
