import { useSignal } from '@preact/signals'

interface Props {
  readonly value: unknown
  readonly name?: string | undefined
  readonly level?: number
}

const mostShown = 200

/** JSON that folds; every string in it is only text. */
export function JsonTree({ value, name, level = 0 }: Props) {
  if (typeof value !== 'object' || value === null) return <Leaf value={value} name={name} />
  const entries = Array.isArray(value)
    ? value.map((one, index) => [String(index), one] as const)
    : Object.entries(value)
  return <Branch entries={entries} name={name} level={level} isList={Array.isArray(value)} />
}

function Leaf({ value, name }: { readonly value: unknown; readonly name: string | undefined }) {
  const kind = value === null ? 'null' : typeof value
  return (
    <div class="json-line">
      <Name name={name} />
      <span class={`json-${kind}`}>{JSON.stringify(value)}</span>
    </div>
  )
}

interface BranchProps {
  readonly entries: readonly (readonly [string, unknown])[]
  readonly name: string | undefined
  readonly level: number
  readonly isList: boolean
}

function Branch({ entries, name, level, isList }: BranchProps) {
  const isOpen = useSignal(level < 2 || (level < 4 && entries.length <= 6))
  const shown = useSignal(mostShown)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (entries.length === 0) {
    return (
      <div class="json-line">
        <Name name={name} />
        {open + close}
      </div>
    )
  }
  return (
    <div class="json-branch">
      <button
        type="button"
        class="json-fold"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <span class="caret" aria-hidden="true" />
        <Name name={name} />
        <span class="json-punctuation">{open}</span>
        {!isOpen.value && <span class="dim">{` ${entries.length} … ${close}`}</span>}
      </button>
      {isOpen.value && (
        <>
          <div class="json-children">
            {entries.slice(0, shown.value).map(([key, one]) => (
              <JsonTree key={key} value={one} name={isList ? undefined : key} level={level + 1} />
            ))}
            {entries.length > shown.value && (
              <button type="button" class="quiet" onClick={() => (shown.value += 1000)}>
                {`${entries.length - shown.value} more`}
              </button>
            )}
          </div>
          <div class="json-punctuation json-close">{close}</div>
        </>
      )}
    </div>
  )
}

function Name({ name }: { readonly name: string | undefined }) {
  if (name === undefined) return null
  return (
    <>
      <span class="json-name">{JSON.stringify(name)}</span>
      <span class="json-punctuation">: </span>
    </>
  )
}
