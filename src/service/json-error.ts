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

const mayClose: ReadonlySet<State> = new Set<State>(['comma or end', 'value or ]', 'key or }'])

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const wordPattern = /true|false|null/y
const blankPattern = /[ \t\n\r]*/y

/** Where the search goes on, and what may come there. */
interface Step {
  readonly state: State
  readonly at: number
}

/** The first place at which `text` is not JSON; undefined if it is. */
export function findJsonError(text: string): JsonError | undefined {
  /** The closing brackets that are still owed, innermost last. */
  const open: string[] = []
  let state: State = 'value'
  let at = skip(blankPattern, text, 0)
  while (at < text.length || open.length > 0 || state !== 'comma or end') {
    const step = advance(text, { state, at }, open)
    if ('message' in step) return step
    state = step.state
    at = skip(blankPattern, text, step.at)
  }
  return undefined
}

/** Reads one bracket, sign, name or value. */
function advance(text: string, { state, at }: Step, open: string[]): Step | JsonError {
  const char = text[at]
  const closing = open.at(-1)
  if (char !== undefined && char === closing && mayClose.has(state)) {
    open.pop()
    return { state: 'comma or end', at: at + 1 }
  }
  switch (state) {
    case 'colon':
      return char === ':' ? { state: 'value', at: at + 1 } : unexpected(text, at, expectation.colon)
    case 'comma or end':
      if (char === ',' && closing !== undefined) return { state: closing === '}' ? 'key' : 'value', at: at + 1 }
      return unexpected(text, at, closing === undefined ? 'Expected the end' : `Expected "," or "${closing}"`)
    case 'key':
    case 'key or }':
      return char === '"' ? after(stringEnd(text, at), 'colon') : unexpected(text, at, expectation[state])
    default:
      return readValue(text, { state, at }, open)
  }
}

function readValue(text: string, { state, at }: Step, open: string[]): Step | JsonError {
  const char = text[at]
  if (char === '{' || char === '[') {
    open.push(char === '{' ? '}' : ']')
    return { state: char === '{' ? 'key or }' : 'value or ]', at: at + 1 }
  }
  if (char === '"') return after(stringEnd(text, at), 'comma or end')
  const end = Math.max(skip(numberPattern, text, at), skip(wordPattern, text, at))
  return end > at ? { state: 'comma or end', at: end } : unexpected(text, at, expectation[state])
}

function after(end: number | JsonError, state: State): Step | JsonError {
  return typeof end === 'number' ? { state, at: end } : end
}

function unexpected(text: string, offset: number, expected: string): JsonError {
  return { offset, message: `${expected}, found ${show(text, offset)}` }
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
    if (!escape) return { offset: index, message: 'Invalid escape in a string' }
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
