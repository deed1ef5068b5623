/** Words for a POSIX shell: what is printed can be pasted, and means exactly what it says. */

/** Text, or a variable of the shell that holds a secret in its place. */
export type ShellPart = string | ShellVariable

export interface ShellVariable {
  readonly variable: string
  /** As it stands in an address. */
  readonly isEncoded?: boolean | undefined
}

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
  const words = joinText(parts).map((part) => (typeof part === 'string' ? shellWord(part) : shellVariable(part)))
  return words.join('') || "''"
}

/** The shell cannot encode; Node does it as it was done for the call. It sees what is exported. */
export function shellVariable({ variable, isEncoded }: ShellVariable): string {
  return isEncoded ? `"$(node -p 'encodeURIComponent(process.env.${variable})')"` : `"$${variable}"`
}

/** Neighbouring texts become one, so that they are quoted once; empty ones go. */
function joinText(parts: readonly ShellPart[]): ShellPart[] {
  const joined: ShellPart[] = []
  for (const part of parts) {
    if (part === '') continue
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
}
