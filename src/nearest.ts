/** "Did you mean": the known names that are closest to a wrong one. */

/**
 * The closest of `names`, best first, at most three; empty if none is near.
 *
 * @example nearest('data_fromat', ['data_format', 'host']) // ['data_format']
 */
export function nearest(wrong: string, names: Iterable<string>): string[] {
  const word = wrong.toLowerCase()
  const allowed = Math.max(1, Math.min(3, Math.floor(wrong.length / 3)))
  const scored = [...new Set(names)]
    .filter((name) => name !== wrong)
    .map((name) => ({ name, score: score(word, name.toLowerCase()) }))
    .filter(({ score }) => score <= allowed)
  return scored
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name)
}

/** `did you mean "data_format"?`, or undefined if nothing is near. */
export function didYouMean(wrong: string, names: Iterable<string>): string | undefined {
  const close = nearest(wrong, names).map((name) => `"${name}"`)
  const last = close.pop()
  if (last === undefined) return undefined
  return `did you mean ${close.length > 0 ? `${close.join(', ')} or ` : ''}${last}?`
}

/** Edits between two words; a word whose parts are the other's in another order, or its beginning, is near too. */
function score(a: string, b: string): number {
  if (a === b) return 0
  if (a.length >= 3 && (b.startsWith(a) || sameWords(a, b))) return 1
  return distance(a, b)
}

function sameWords(a: string, b: string): boolean {
  const words = (text: string) => text.split(/[\s._-]+/).filter(Boolean)
  const all = new Set(words(b))
  return words(a).every((word) => all.has(word))
}

/** Damerau-Levenshtein distance (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(before, j - 2) + 1)
      row.push(best)
    }
    before = previous
    previous = row
  }
  return at(previous, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
