/** Words for a POSIX shell: what is printed can be pasted, and means exactly what it says. */

/** Text, or a variable of the shell that holds a secret in its place. */
export type ShellPart = string | { readonly variable: string }

/**
 * A word that the shell reads as exactly `text`.
 *
 * @example shellWord("it's") // "'it'\\''s'"
 */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_/:=.,+@%-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * A word put together from text and variables.
 *
 * @example shellParts(['X-Key: ', { variable: 'KEY' }]) // `'X-Key: '"$KEY"`
 */
export function shellParts(parts: readonly ShellPart[]): string {
  const shown = parts.filter((part) => part !== '').map((part) => (typeof part === 'string' ? shellWord(part) : `"$${part.variable}"`))
  return shown.join('') || "''"
}
