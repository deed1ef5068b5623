/** A name and a value, as rows of a form have them. */
export type Pair = readonly [name: string, value: string]

/** Headers that are made anew for each request. */
const made = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'x-zato-cid',
  'traceparent',
  'keep-alive',
])

export function headerRows(headers: readonly Pair[]): Pair[] {
  return headers.filter(([name, value]) => !made.has(name.toLowerCase()) && !value.includes('[redacted'))
}

/** `a=1&b=2`, with or without its question mark, or a JSON object, as rows; undefined for any other text. */
export function pastedRows(text: string): Pair[] | undefined {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) return objectRows(trimmed)
  if (!/^\??[^=&\s]+=[^=]*(&[^=&\s]+=[^=&]*)*$/.test(trimmed)) return undefined
  return [...new URLSearchParams(trimmed.replace(/^\?/, ''))]
}

function objectRows(text: string): Pair[] | undefined {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>)
    return entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  } catch {
    return undefined
  }
}

/** Several values of one name become a list. */
export function paramsOf(rows: readonly Pair[]): Record<string, string | readonly string[]> {
  const byName = new Map<string, string[]>()
  for (const [name, value] of rows) if (name !== '') byName.set(name, [...(byName.get(name) ?? []), value])
  return Object.fromEntries(
    [...byName].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  )
}

export interface JsonProblem {
  readonly message: string
  readonly line: number
  readonly column: number
}

/** Where JSON breaks; undefined if it does not, or is empty. */
export function jsonProblem(text: string): JsonProblem | undefined {
  if (text.trim() === '') return undefined
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const told = error instanceof Error ? error.message : ''
    const at = placeOf(text, told)
    const before = text.slice(0, at).split('\n')
    const message = told.replace(
      /,? ?\.{3}[\s\S]* is not valid JSON$| in JSON at position[\s\S]*$|, "[\s\S]* is not valid JSON$/,
      '',
    )
    return { message, line: before.length, column: (before.at(-1) ?? '').length + 1 }
  }
}

/** An engine that names no place names none for the text up to it either: there it only asks for more. */
function placeOf(text: string, told: string): number {
  const named = /at position (\d+)/.exec(told)?.[1]
  if (named !== undefined) return Number(named)
  let good = 0
  let bad = text.length
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2)
    if (isBegin(text.slice(0, middle))) good = middle
    else bad = middle - 1
  }
  return good
}

function isBegin(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const told = error instanceof Error ? error.message : ''
    const place = /at position (\d+)/.exec(told)?.[1]
    return /end of|Unterminated/i.test(told) || Number(place) === text.length
  }
}
