import { escapeControls } from '../../../output/escape.js'

/** What the tab of the browser says. */
export function setTitle(...parts: readonly string[]): void {
  document.title = escapeControls([...parts, 'zato-ts'].join(' · '))
}
