import { escapeControls } from './escape.js'
import { style } from './style.js'

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** Levels below this would be indented out of any screen, and thousands of them fill the memory with blanks. */
const mostLevels = 200

/**
 * JSON text laid out for a screen, or undefined if it is no JSON, or nested beyond all measure. It works on the text, not on the parsed value: a number of
 * twenty digits, a key that stands twice and the order of keys are shown as they came.
 */
export function prettyJson(text: string): string | undefined {
  if (!isJson(text)) return undefined
  const tokens = text.match(token) ?? []
  let depth = 0
  let shown = ''
  const newLine = () => `\n${'  '.repeat(depth)}`
  for (const [index, part] of tokens.entries()) {
    const before = tokens[index - 1]
    const isEnd = part === '}' || part === ']'
    if (isEnd) depth -= 1
    const isEmpty = isEnd && (before === '{' || before === '[')
    if ((isEnd && !isEmpty) || before === ',' || (!isEnd && (before === '{' || before === '['))) shown += newLine()
    if (part === '{' || part === '[') depth += 1
    if (depth > mostLevels) return undefined
    shown += part === ':' ? ': ' : styled(part, tokens[index + 1] === ':')
  }
  return shown
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function styled(part: string, isKey: boolean): string {
  const safe = escapeControls(part)
  if (part.startsWith('"')) return isKey ? style.cyan(safe) : style.green(safe)
  return /^[\d-]/.test(part) ? style.yellow(safe) : safe
}
