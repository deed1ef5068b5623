import { UsageError } from '../errors.js'

/** `--params` in all its spellings: `k=v`, several of them, a JSON object, `@file`, `-`. */

/** Values of parameters: text as typed, or what a JSON object holds. */
export type Params = Readonly<Record<string, unknown>>

/** Reads a file, or stdin for `-`. */
export type ReadText = (source: string) => Promise<string>

/**
 * Gives each of several values behind one flag a flag of its own: `--params a=1 b=2 "Orders API"` →
 * `--params a=1 --params b=2 "Orders API"`. The first word always belongs to the flag, further ones while they look like
 * parameters, so that a connection's name that follows is not swallowed.
 */
export function spreadVariadic(argv: readonly string[], flag: string): string[] {
  const spread: string[] = []
  let open = false
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--') return [...spread, ...argv.slice(index)]
    if (word === flag) {
      spread.push(word, ...argv.slice(index + 1, index + 2))
      index += 1
      open = true
    } else if (open && looksLikeParams(word)) spread.push(flag, word)
    else {
      spread.push(word)
      open = word.startsWith(`${flag}=`)
    }
  }
  return spread
}

/**
 * Puts all `--params` together; a later one wins, except that a key that repeats as `k=v` is a list of its values.
 *
 * @throws UsageError ZU001 for what is neither `k=v` nor a JSON object
 */
export async function readParams(texts: readonly string[], readText: ReadText): Promise<Params> {
  const params: [string, unknown][] = []
  const repeated = new Map<string, string[]>()
  for (const text of texts) {
    const pair = isDocument(text) ? undefined : splitPair(text)
    if (pair) {
      const values = [...(repeated.get(pair[0]) ?? []), pair[1]]
      repeated.set(pair[0], values)
      params.push([pair[0], values.length === 1 ? pair[1] : values])
    } else params.push(...Object.entries(parseObject(text.startsWith('{') ? text : await readText(text), text)))
  }
  // fromEntries defines each key as data, `__proto__` too.
  return Object.fromEntries(params)
}

function isDocument(text: string): boolean {
  return text === '-' || text.startsWith('@') || text.startsWith('{')
}

function looksLikeParams(word: string): boolean {
  return /^[^-@{=\s][^=]*=/.test(word) || word.startsWith('{') || word.startsWith('@')
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new UsageError('ZU001', `"${text}" is no parameter`, {
    hint: 'write --params key=value, --params \'{"key": "value"}\', --params @file.json or --params -',
  })
}

function parseObject(text: string, source: string): Record<string, unknown> {
  const from = source.startsWith('{') ? '--params' : source === '-' ? 'stdin' : `"${source.slice(1)}"`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError('ZU001', `The parameters of ${from} are no JSON: ${(error as Error).message}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError('ZU001', `The parameters of ${from} are no JSON object`)
}
