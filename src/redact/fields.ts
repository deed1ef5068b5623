/** Hiding fields of JSON by their names and paths, in a text: what is not hidden stays as it is written. */

/** `$.card.number`, `items[].iban`, as the keys on the way; indices are left out. */
export function keysOf(path: string): readonly string[] {
  return path
    .replace(/^\$\.?/, '')
    .replace(/\[(?:\d+|\*)?\]/g, '')
    .split('.')
    .filter((key) => key !== '')
}

/** Whether the keys on the way to a field end in those of a path. */
export function endsIn(way: readonly string[], path: readonly string[]): boolean {
  const start = way.length - path.length
  return (
    path.length > 0 && start >= 0 && path.every((key, index) => key.toLowerCase() === way[start + index]?.toLowerCase())
  )
}

/** No rule is longer; what stands deeper is judged by its last keys. */
const deepestWay = 32

interface FieldRules {
  readonly hides: (way: readonly string[]) => boolean
  /** What is put in place of a value. */
  readonly replace: (written: string) => string
}

interface Level {
  readonly isObject: boolean
  /** That of the value that comes. */
  key: string | undefined
}

/** The text with each value replaced whose field is to be hidden. It reads whatever comes, also JSON that breaks off. */
export function replaceFields(text: string, { hides, replace }: FieldRules): string {
  const levels: Level[] = []
  let shown = ''
  let end = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    const level = levels.at(-1)
    if (char === '{' || char === '[') levels.push({ isObject: char === '{', key: undefined })
    else if (char === '}' || char === ']') levels.pop()
    else if (char === ',' && level) level.key = undefined
    else if (char === '"') {
      const close = endOfString(text, at)
      const colon = colonAfter(text, close)
      if (colon === undefined) at = close - 1
      else {
        const key = keyIn(text.slice(at, close))
        if (level) level.key = key
        at = colon
        const way = [...levels.slice(-deepestWay, -1).flatMap((one) => one.key ?? []), key]
        if (!hides(way)) continue
        const start = colon + 1 + (/^\s*/.exec(text.slice(colon + 1, colon + 1000))?.[0].length ?? 0)
        const stop = endOfValue(text, start)
        shown += text.slice(end, start) + replace(text.slice(start, stop))
        end = stop
        at = stop - 1
      }
    }
  }
  return end === 0 ? text : shown + text.slice(end)
}

/** Past the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

function colonAfter(text: string, from: number): number | undefined {
  let at = from
  while (/\s/.test(text[at] ?? '')) at++
  return text[at] === ':' ? at : undefined
}

function keyIn(written: string): string {
  try {
    return String(JSON.parse(written))
  } catch {
    return written.slice(1, -1)
  }
}

/** Where a value ends that begins at `start`: a list or an object as a whole. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') {
      at = endOfString(text, at) - 1
      if (depth === 0) return at + 1
    } else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') {
      if (depth <= 1) return depth === 0 ? at : at + 1
      depth -= 1
    } else if (depth === 0 && /[,\s]/.test(char)) return at
  }
  return text.length
}
