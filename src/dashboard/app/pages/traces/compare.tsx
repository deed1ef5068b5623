import { useComputed, useSignal } from '@preact/signals'
import type { Trace } from '../../../../trace/record.js'
import { compare } from '../../core/comparison.js'
import { duration } from '../../core/format.js'
import { lineDiff } from '../../core/line-diff.js'
import { useResource } from '../../stores/resource.js'
import { Dialog } from '../../ui/dialog.js'
import { Icon } from '../../ui/icon.js'

/** A replay beside what it repeats. */
export function CompareStrip({ trace }: { readonly trace: Trace }) {
  const isOpen = useSignal(false)
  const original = useResource<Trace>(
    `/trace/${trace.replayOf ?? 0}`,
    (event) => 'trace' in event && event.trace.id === trace.replayOf,
  )
  const before = original.value.value
  if (!before) return null
  const found = compare(before, trace)
  if (!found) return <p class="compare dim">It is compared when both are finished.</p>
  const [statusBefore, statusAfter] = found.status
  const { text, isSame, bodies } = found.body
  const isStatusSame = statusBefore === statusAfter
  return (
    <div class="compare" role="group" aria-label="Compared with what it repeats">
      <strong>Compared</strong>
      <span class={isStatusSame ? 'dim' : 'result warn'}>
        {isStatusSame ? `status ${statusAfter}, same` : `status ${statusBefore} → ${statusAfter}`}
      </span>
      <span class="dim">{`took ${duration(found.ms[0])} → ${duration(found.ms[1])}`}</span>
      <span class={isSame ? 'dim' : 'result warn'}>{text}</span>
      {bodies && (
        <button type="button" class="small" onClick={() => (isOpen.value = true)}>
          <Icon name="compare" />
          Side by side
        </button>
      )}
      {bodies && isOpen.value && (
        <Dialog title="Bodies side by side" onClose={() => (isOpen.value = false)} isWide>
          <SideBySide before={bodies[0]} after={bodies[1]} />
        </Dialog>
      )}
    </div>
  )
}

function SideBySide({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = useComputed(() => lineDiff(before, after))
  return (
    <div class="side-by-side" tabIndex={0} role="region" aria-label="Differences">
      <table>
        <thead>
          <tr>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {lines.value.slice(0, 2000).map(({ before: left, after: right, isSame }, index) => (
            <tr key={index} class={isSame ? undefined : 'differs'}>
              <td class={isSame || left === undefined ? undefined : 'diff-del'}>{left}</td>
              <td class={isSame || right === undefined ? undefined : 'diff-add'}>{right}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
