/** What the tab of the browser says. */
export function setTitle(...parts: readonly string[]): void {
  document.title = [...parts, 'zato-ts'].join(' · ')
}
