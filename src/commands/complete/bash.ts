/** What bash hands over is the line as typed, quotes and all; what it takes back must be quoted the same way. */
export interface ShellLine {
  /** Unquoted; the last one is being typed, and empty behind a blank. */
  readonly words: readonly string[]
  /** The quote that is open at the end. */
  readonly quote: '"' | "'" | undefined
}

/** Splits a line of shell into words. */
export function splitShellLine(line: string): ShellLine {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? ''
    if (character === '\\' && quote !== "'") {
      index += 1
      word = (word ?? '') + (line[index] ?? '')
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character
      word ??= ''
    } else if (character === quote) quote = undefined
    else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  return { words: [...words, word ?? ''], quote }
}

/**
 * Candidates as bash inserts them: quoted like the word being typed, without what stands before its last `=` or `:`, which
 * bash takes for a word of its own.
 */
export function bashCandidates(candidates: readonly string[], { words, quote }: ShellLine): string[] {
  const typed = words.at(-1) ?? ''
  const kept = quote === undefined ? Math.max(typed.lastIndexOf('='), typed.lastIndexOf(':')) + 1 : 0
  return candidates.map((candidate) => quoted(candidate.slice(kept), quote))
}

function quoted(text: string, quote: ShellLine['quote']): string {
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&')
  return quote === "'" ? text : text.replace(/[^A-Za-z0-9_./:=@%+,-]/g, '\\$&')
}
