/** Deeper than any file that a person writes, and far from what would exhaust the stack of the parser. */
const deepest = 500

/**
 * Where a text of YAML nests values so deeply that parsing it would end the process, or undefined. A rough count, made before
 * parsing: brackets that are open, wherever they stand, and list dashes that stand on one line.
 */
export function findTooDeep(text: string): number | undefined {
  let open = 0
  let dashes = 0
  let atLineStart = true
  for (let index = 0; index < text.length; index++) {
    const char = text[index]
    if (char === '\n') {
      atLineStart = true
      dashes = 0
    } else if (char === '-' || char === '?' || char === ':') {
      if (atLineStart && ++dashes > deepest) return index
    } else if (char !== ' ' && char !== '\t') {
      atLineStart = false
    }
    if (char === '[' || char === '{') open++
    else if ((char === ']' || char === '}') && open > 0) open--
    if (open > deepest) return index
  }
  return undefined
}
