import { useSignal } from '@preact/signals'
import type { ComponentChild } from 'preact'
import { useRef } from 'preact/hooks'

interface Props {
  readonly label: string
  /** Percent of the first. */
  readonly initial: number
  readonly onChange: (percent: number) => void
  readonly hasSecond: boolean
  readonly children: readonly [ComponentChild, ComponentChild]
}

const least = 24
const most = 70

/** Two panes side by side, the line between them movable with the mouse and the arrow keys; below each other if it is narrow. */
export function Splitter({ label, initial, onChange, hasSecond, children }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const percent = useSignal(Math.min(most, Math.max(least, initial)))
  const set = (value: number) => {
    percent.value = Math.round(Math.min(most, Math.max(least, value)) * 10) / 10
    onChange(percent.value)
  }
  const onPointerMove = (event: PointerEvent) => {
    const bounds = box.current?.getBoundingClientRect()
    if (!bounds || !(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return
    set(((event.clientX - bounds.left) / bounds.width) * 100)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -2, ArrowRight: 2, Home: least - percent.value, End: most - percent.value }[event.key]
    if (step === undefined) return
    event.preventDefault()
    set(percent.value + step)
  }
  return (
    <div class={`split ${hasSecond ? 'two' : 'one'}`} ref={box} style={{ '--split': `${percent.value}%` }}>
      <div class="pane">{children[0]}</div>
      {hasSecond && (
        <div
          class="divider"
          role="separator"
          aria-orientation="vertical"
          aria-label={label}
          aria-valuenow={Math.round(percent.value)}
          aria-valuemin={least}
          aria-valuemax={most}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={onPointerMove}
        />
      )}
      {hasSecond && <div class="pane beside">{children[1]}</div>}
    </div>
  )
}
