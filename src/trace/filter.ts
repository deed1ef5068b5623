import { didYouMean } from '../nearest.js'
import { type Predicate, type Subject, fields, textMatches } from './filter-fields.js'
import type { Trace, TraceSummary } from './record.js'

/**
 * What traces are searched with, here and in the page of the dashboard: `status:5xx -path:/health "not found"`. A blank means
 * AND, quotes group, a leading `-` negates. Pure, and free of Node.
 */

/** One part of a filter. */
export interface Term {
  readonly isNegated: boolean
  readonly matches: Predicate
}

export interface ParsedFilter {
  readonly terms: readonly Term[]
  /** Of the parts that mean nothing, and are ignored: what is wrong with them, in words. */
  readonly problems: readonly string[]
}

/** Names of the keys: what is suggested while somebody types. */
export const filterKeys: readonly string[] = Object.keys(fields)

/** @param now milliseconds since 1970, for `since:10m` */
export function parseFilter(text: string, now: number = Date.now()): ParsedFilter {
  const terms: Term[] = []
  const problems: string[] = []
  for (const word of wordsOf(text)) {
    const parsed = parseWord(word, now)
    if (typeof parsed === 'string') problems.push(parsed)
    else terms.push(parsed)
  }
  return { terms, problems }
}

/**
 * Whether each term is met. What only spans know, such as headers and bodies, is not found in a summary.
 *
 * @example matches(parseFilter('status:5xx').terms, trace)
 */
export function matches(terms: readonly Term[], trace: Trace | TraceSummary): boolean {
  const subject: Subject = { ...trace, spans: 'spans' in trace ? trace.spans : [] }
  return terms.every((term) => term.matches(subject) !== term.isNegated)
}

interface Word {
  readonly isNegated: boolean
  /** Undefined for a bare word, or one that was quoted from its start. */
  readonly key: string | undefined
  readonly value: string
}

/** `-key:"a value"`, `"two words"`, `word`; a quote that is not closed ends with the text. */
const wordPattern = /(-?)(?:([A-Za-z][\w-]*):)?("(?:[^"]*)"?|[^\s"]*(?:"[^"]*"?[^\s"]*)*)/y

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1
      continue
    }
    wordPattern.lastIndex = at
    const [whole = '', minus = '', key, value = ''] = wordPattern.exec(text) ?? []
    // Each turn must go on, whatever the pattern has found.
    at += Math.max(1, whole.length)
    const bare = value.replaceAll('"', '')
    if (bare !== '' || key !== undefined) words.push({ isNegated: minus !== '', key, value: bare })
  }
  return words
}

function parseWord({ isNegated, key, value }: Word, now: number): Term | string {
  if (key === undefined) return { isNegated, matches: (subject) => textMatches(subject, value) }
  const field = Object.hasOwn(fields, key.toLowerCase()) ? fields[key.toLowerCase()] : undefined
  if (!field) {
    const hint = didYouMean(key, filterKeys)
    // An address with a port, or one with a scheme, is no key.
    if (value.startsWith('//') || (hint === undefined && /^\d+/.test(value)))
      return { isNegated, matches: (subject) => textMatches(subject, `${key}:${value}`) }
    return `Unknown filter "${key}"${hint === undefined ? '' : `: ${hint}`}`
  }
  const matches = field.parse(value, now)
  return matches ? { isNegated, matches } : `"${key}:${value}" means nothing: ${field.form}`
}
