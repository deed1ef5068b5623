import { escapeControls } from '../../../output/escape.js'

/** Attributes that people read; all others (`value`, `href`) stay exact. */
const read = ['title', 'aria-label', 'placeholder', 'alt'] as const

/** What Preact calls with each node that is made. */
export interface MadeNode {
  readonly type: unknown
  props: unknown
}

/**
 * Makes what hides or turns text round readable in all that is shown, wherever it came from. Copies and downloads take the
 * text itself, and so stay exact.
 *
 * @example showUnseen({ type: null, props: '\u001b[2J' }) // its props become '\\x1b[2J'
 */
export function showUnseen(node: MadeNode): void {
  if (typeof node.props === 'string') node.props = escapeControls(node.props)
  else if (typeof node.type === 'string') node.props = readable(node.props as Readonly<Record<string, unknown>>)
}

function readable(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let changed = props
  for (const name of read) {
    const value = props[name]
    if (typeof value !== 'string') continue
    const visible = escapeControls(value)
    if (visible !== value) changed = { ...changed, [name]: visible }
  }
  return changed
}
