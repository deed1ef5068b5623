/**
 * Finds where a text stops being JSON, and what was expected there. `JSON.parse` itself says so for some mistakes only,
 * and not in each version of Node. It runs after `JSON.parse` has refused a text, never before; it does not recurse.
 */

export interface JsonError {
  /** In UTF-16 code units, from 0. */
  readonly offset: number
  readonly message: string
}

/** What may come next. */
type State = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end'

const expectation: Readonly<Record<State, string>> = {
  value: 'Expected a value',
  'value or ]': 'Expected a value or "]"',
  key: 'Expected a property name in double quotes',
  'key or }': 'Expected a property name in double quotes or "}"',
  colon: 'Expected ":"',
  'comma or end': 'Expected "," or the end',
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const wordPattern = /true|false|null/y
const blankPattern = /[ \t\n\r]*/y

/** The first place at which `text` is not JSON; undefined if it is. */
export function findJsonError(text: string): JsonError | undefined {
  /** The closing brackets that are still owed, innermost last. */
  const open: string[] = []
  let state: State = 'value'
  let at = skip(blankPattern, text, 0)

  while (at < text.length || open.length > 0 || state !== 'comma or end') {
    const char = text[at]
    if (state === 'colon' && char === ':') {
      state = 'value'
      at++
    } else if (state === 'comma or end' && char === ',' && open.length > 0) {
      state = open.at(-1) === '}' ? 'key' : 'value'
      at++
    } else if (char !== undefined && char === open.at(-1) && mayClose(state)) {
      open.pop()
      state = 'comma or end'
      at++
    } else if ((state === 'key' || state === 'key or }') && char === '"') {
      const end = stringEnd(text, at)
      if (typeof end !== 'number') return end
      state = 'colon'
      at = end
    } else if ((state === 'value' || state === 'value or ]') && (char === '{' || char === '[')) {
      open.push(char === '{' ? '}' : ']')
      state = char === '{' ? 'key or }' : 'value or ]'
      at++
    } else if (state === 'value' || state === 'value or ]') {
      const end = char === '"' ? stringEnd(text, at) : scalarEnd(text, at)
      if (end === at) return { offset: at, message: `${expectation[state]}, found ${show(text, at)}` }
      if (typeof end !== 'number') return end
      state = 'comma or end'
      at = end
    } else {
      return { offset: at, message: `${expected(state, open.at(-1))}, found ${show(text, at)}` }
    }
    at = skip(blankPattern, text, at)
  }
  return undefined
}

function mayClose(state: State): boolean {
  return state === 'comma or end' || state === 'value or ]' || state === 'key or }'
}

function expected(state: State, closing: string | undefined): string {
  if (state !== 'comma or end') return expectation[state]
  return closing === undefined ? 'Expected the end' : `Expected "," or "${closing}"`
}

/** Offset after the number, `true`, `false` or `null` that starts at `at`; `at` if none does. */
function scalarEnd(text: string, at: number): number {
  return Math.max(skip(numberPattern, text, at), skip(wordPattern, text, at))
}

/** Offset after the string that starts at `at`, or what is wrong in it. A loop: a pattern would exhaust its stack. */
function stringEnd(text: string, at: number): number | JsonError {
  let index = at + 1
  while (index < text.length) {
    const char = text[index] ?? ''
    if (char === '"') return index + 1
    if (char < ' ') return { offset: index, message: `Control character ${show(text, index)} in a string` }
    if (char !== '\\') {
      index++
      continue
    }
    const escape = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(index, index + 6))
    if (!escape) return { offset: index, message: `Invalid escape in a string` }
    index += escape[0].length
  }
  return { offset: text.length, message: 'A string is never closed' }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function show(text: string, at: number): string {
  const point = text.codePointAt(at)
  return point === undefined ? 'the end of the body' : JSON.stringify(String.fromCodePoint(point))
}
