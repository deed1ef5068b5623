import { LosslessNumber, newMark } from './lossless-number.js'

/**
 * `JSON.parse` that makes a `LosslessNumber` of each number which JavaScript would change.
 *
 * What would be changed is found in the text, and marked there; Node's own parser does the rest, so that everything else
 * (errors, keys that stand twice, `__proto__`) is what it is without this.
 *
 * @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  const plain = JSON.parse(text) as unknown
  const mark = newMark()
  const marked = markInexact(text, mark)
  return marked === undefined ? plain : unmark(JSON.parse(marked), mark)
}

/** The text with a string in place of each number that would be changed; undefined if there is none. */
function markInexact(text: string, mark: string): string | undefined {
  let marked = ''
  let end = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === minus || isDigit(code)) {
      const start = at
      while (isNumberPart(text.charCodeAt(at + 1))) at++
      const number = text.slice(start, at + 1)
      if (isExact(number)) continue
      marked += `${text.slice(end, start)}"${mark}${number}"`
      end = at + 1
    }
  }
  return end === 0 ? undefined : marked + text.slice(end)
}

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d

/** Where the string ends that begins at `start`. A regular expression would run out of stack in a long one. */
function endOfString(text: string, start: number): number {
  let end = start
  let isEscaped = true
  while (isEscaped) {
    end = text.indexOf('"', end + 1)
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    isEscaped = slashes % 2 === 1
  }
  return end
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** A digit, or one of `.`, `e`, `E`, `+`, `-`. */
function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2e || (code | 0x20) === 0x65 || code === 0x2b || code === minus
}

/** Whether a number of JavaScript is written as this is. */
function isExact(number: string): boolean {
  return String(Number(number)) === number
}

/** A holder of values, array or object, and where in it one stands. */
type Holder = Record<string, unknown>

/** Puts the numbers in place of their marks. It does not call itself: a reply may be nested as deeply as it likes. */
function unmark(root: unknown, mark: string): unknown {
  const top: Holder = { root }
  const holders: Holder[] = [top]
  for (let holder = holders.pop(); holder; holder = holders.pop()) {
    for (const key of Object.keys(holder)) {
      const value = holder[key]
      if (typeof value === 'object' && value !== null) holders.push(value as Holder)
      else if (typeof value === 'string' && value.startsWith(mark)) {
        replace(holder, key, new LosslessNumber(value.slice(mark.length)))
      }
    }
  }
  return top.root
}

/** By definition, because an assignment to `__proto__` is none. */
function replace(holder: Holder, key: string, value: LosslessNumber): void {
  if (key !== '__proto__') holder[key] = value
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}
