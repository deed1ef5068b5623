import { useEffect, useRef } from 'preact/hooks'
import { type Shortcut, bindKeys } from './keys.js'

/** Shortcuts of what is on the screen, with its newest values. */
export function useKeys(shortcuts: readonly Shortcut[]): void {
  const newest = useRef(shortcuts)
  newest.current = shortcuts
  const names = shortcuts.map(({ keys }) => keys).join(',')
  useEffect(
    () =>
      bindKeys(
        newest.current.map(({ keys, doc }) => ({
          keys,
          doc,
          run: (event) => newest.current.find((one) => one.keys === keys)?.run(event),
        })),
      ),
    [names],
  )
}
