import type { Span, TraceSummary } from './record.js'

/** What each key of a filter means. */

export interface Subject extends TraceSummary {
  readonly spans: readonly Span[]
}

export type Predicate = (subject: Subject) => boolean

export interface FilterField {
  /** What a value looks like, in words. */
  readonly form: string
  /** Undefined for a value that means nothing. */
  parse(value: string, now: number): Predicate | undefined
}

export const fields: Readonly<Record<string, FilterField>> = {
  status: { form: 'write status:404, status:5xx, status:>=400 or status:err', parse: parseStatus },
  method: text((value) => (trace) => [trace.method, ...trace.spans.map(({ call }) => call?.method)].some(glob(value))),
  path: text(
    (value) =>
      ({ path, spans }) =>
        [path, ...spans.map(pathOfCall)].some(pathGlob(value)),
  ),
  service: text((value) => (trace) => [trace.service, ...namesOf(trace, 'service')].some(glob(value))),
  conn: text((value) => (trace) => [trace.connection, ...namesOf(trace, 'call')].some(glob(value))),
  channel: text((value) => (trace) => glob(value)(trace.channel)),
  kind: oneOf(['call', 'channel', 'service', 'ping'], ({ kind }) => kind),
  source: oneOf(['http', 'cli', 'dashboard', 'schedule'], ({ source }) => source),
  state: oneOf(['running', 'done'], ({ state }) => state),
  dur: { form: 'write dur:>500ms, dur:<2s', parse: parseDuration },
  retries: number('retries:>0', ({ attempts, calls }) => Math.max(0, attempts - calls)),
  calls: number('calls:>0', ({ calls }) => calls),
  logs: number('logs:>0', ({ logs }) => logs),
  cid: text(
    (value) =>
      ({ cid }) =>
        cid.toLowerCase().startsWith(value.toLowerCase()),
  ),
  replay: flag('replay', ({ replayOf }) => replayOf !== undefined),
  pinned: flag('pinned', ({ isPinned }) => isPinned),
  since: { form: 'write since:10m, since:2h or since:1d', parse: parseSince },
  error: text((value) => (trace) => errorTexts(trace).some(glob(value))),
  header: { form: 'write header:x-team=blue or header:x-team', parse: parseHeader },
}

const searchedBody = 4096

/** Whether a word stands in what is told of a trace, whatever its case. */
export function textMatches(trace: Subject, word: string): boolean {
  const wanted = word.toLowerCase()
  const has = (one: string | undefined) => one?.toLowerCase().includes(wanted) === true
  const { method, path, title, cid, channel, service, connection, result } = trace
  if ([method, path, title, cid, channel, service, connection, result?.message, result?.code].some(has)) return true
  return trace.spans.some((span) => textsOf(span).some(has))
}

function textsOf({ name, error, call, log, request, response }: Span): (string | undefined)[] {
  const bodies = [request?.body?.text, response?.body?.text].map((body) => body?.slice(0, searchedBody))
  return [name, error?.message, error?.code, call?.url, log?.message, ...bodies]
}

function errorTexts({ result, spans }: Subject): (string | undefined)[] {
  const own = result && !['ok', 'redirect'].includes(result.class) ? [result.code, result.message, result.class] : []
  return [...own, ...spans.flatMap(({ error }) => [error?.code, error?.message, error?.name, error?.cause?.code])]
}

function namesOf({ spans }: Subject, kind: Span['kind']): string[] {
  return spans.filter((span) => span.kind === kind).map(({ name }) => name)
}

function pathOfCall({ call }: Span): string | undefined {
  return call?.url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
}

function text(make: (value: string) => Predicate): FilterField {
  return { form: 'a value is missing', parse: (value) => (value === '' ? undefined : make(value)) }
}

function oneOf(values: readonly string[], read: (subject: Subject) => string): FilterField {
  const wanted = (value: string) => values.find((one) => one === value.toLowerCase())
  return {
    form: `it is one of ${values.join(', ')}`,
    parse: (value) => {
      const found = wanted(value)
      return found === undefined ? undefined : (subject) => read(subject) === found
    },
  }
}

function flag(name: string, read: (subject: Subject) => boolean): FilterField {
  return {
    form: `write ${name}:true or ${name}:false`,
    parse: (value) =>
      /^(true|false)$/i.test(value) ? (one) => read(one) === (value.toLowerCase() === 'true') : undefined,
  }
}

function number(form: string, read: (subject: Subject) => number): FilterField {
  return { form: `write ${form}`, parse: (value) => comparison(value, /^(\d+)$/, ([, digits]) => Number(digits), read) }
}

type Compare = (one: number, other: number) => boolean

const comparisons: Readonly<Record<string, Compare>> = {
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '': (one, other) => one === other,
}

/** A number, behind `>`, `>=`, `<`, `<=` or nothing. What is read may be undefined: then nothing holds. */
function comparison(
  value: string,
  pattern: RegExp,
  toNumber: (match: RegExpExecArray) => number,
  read: (subject: Subject) => number | undefined,
): Predicate | undefined {
  const [, sign = '', rest = ''] = /^([<>]=?)?(.*)$/.exec(value) ?? []
  const match = pattern.exec(rest)
  const compare = comparisons[sign]
  if (!match || !compare) return undefined
  const limit = toNumber(match)
  return (subject) => {
    const found = read(subject)
    return found !== undefined && compare(found, limit)
  }
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Without a unit it is milliseconds; without a sign, at least that long. */
function parseDuration(value: string): Predicate | undefined {
  const signed = /^[<>]/.test(value) ? value : `>=${value}`
  const toMs = ([, digits, unit = 'ms']: RegExpExecArray) => Number(digits) * (milliseconds[unit.toLowerCase()] ?? 1)
  return comparison(signed, /^(\d+(?:\.\d+)?)(ms|s|m)?$/i, toMs, ({ durationMs }) => durationMs)
}

function parseSince(value: string, now: number): Predicate | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/i.exec(value) ?? []
  if (digits === undefined) return undefined
  const since = now - Number(digits) * (milliseconds[unit.toLowerCase()] ?? 0)
  return ({ startedAt }) => startedAt >= since
}

const goodClasses = new Set(['ok', 'redirect'])

function parseStatus(value: string): Predicate | undefined {
  const word = value.toLowerCase()
  if (word === 'err' || word === 'error') return ({ result }) => result !== undefined && !goodClasses.has(result.class)
  if (word === 'ok') return ({ result }) => result !== undefined && goodClasses.has(result.class)
  const hundreds = /^([1-5])xx$/.exec(word)?.[1]
  if (hundreds !== undefined) return ({ result }) => Math.floor((result?.status ?? 0) / 100) === Number(hundreds)
  if (/^(client|server|network|timeout|threw|aborted|died)$/.test(word)) return ({ result }) => result?.class === word
  return comparison(
    word,
    /^(\d{3})$/,
    ([, digits]) => Number(digits),
    ({ result }) => result?.status,
  )
}

function parseHeader(value: string): Predicate | undefined {
  const [, name = '', equals, wanted = ''] = /^([^=]+)(=?)(.*)$/s.exec(value) ?? []
  if (name === '') return undefined
  const isWanted = equals ? glob(wanted) : () => true
  return ({ spans }) =>
    spans.some(({ request, response }) =>
      [...(request?.headers ?? []), ...(response?.headers ?? [])].some(
        ([own, text]) => own.toLowerCase() === name.toLowerCase() && isWanted(text),
      ),
    )
}

/** Matches the whole of a text; `*` stands for anything. Case does not count. */
function glob(pattern: string): (text: string | undefined) => boolean {
  const parts = pattern.toLowerCase().split('*')
  return (text) => text !== undefined && fits(text.toLowerCase(), parts)
}

/** Of a path, with or without its query. */
function pathGlob(pattern: string): (path: string | undefined) => boolean {
  const matches = glob(pattern)
  return (path) => path !== undefined && (matches(path) || matches(path.split('?', 1)[0]))
}

/** Whether the parts follow each other in the text, the first at its start and the last at its end. In linear time. */
function fits(text: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
