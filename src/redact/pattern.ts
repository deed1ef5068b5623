import { minimumSecretLength, spellingsOf } from './spellings.js'

/** Characters that are looked at to tell whether a spelling may begin there; none is shorter. */
const window = minimumSecretLength
const bitsPerCharacter = 3
const hashMask = (1 << (window * bitsPerCharacter)) - 1

/**
 * Finds any spelling of any secret, whatever the case of its ASCII letters. A regular expression of thousands of alternatives
 * tries one after the other at each character; this looks at each character once, however many secrets there are.
 */
export class SecretPattern {
  /** By the hash of how they begin, the longest first. */
  readonly #spellings = new Map<number, string[]>()
  /** The hashes that there are, one bit each. */
  readonly #begins = new Uint32Array((hashMask + 1) / 32)

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) this.add(secret)
  }

  /** Finds this secret, too, from now on. One that is too short to be told apart is left out. */
  add(secret: string): void {
    if (secret.length < minimumSecretLength) return
    for (const spelling of spellingsOf(secret)) this.#add(spelling)
  }

  /** The text with `marker` in place of each secret; secrets that overlap become one. */
  replace(text: string, marker: string): string {
    if (this.#spellings.size === 0) return text
    let shown = ''
    let end = 0
    let hash = 0
    for (let at = 0; at < text.length; at++) {
      hash = next(hash, text.charCodeAt(at))
      if (((this.#begins[hash >>> 5] ?? 0) & (1 << (hash & 31))) === 0) continue
      const start = at - window + 1
      const length = this.#lengthAt(text, start, hash)
      if (length === 0) continue
      if (start >= end) shown += text.slice(end, start) + marker
      end = Math.max(end, start + length)
    }
    return end === 0 ? text : shown + text.slice(end)
  }

  /** Length of the longest spelling that stands there; 0 if none does. */
  #lengthAt(text: string, start: number, hash: number): number {
    for (const spelling of this.#spellings.get(hash) ?? []) if (standsAt(text, start, spelling)) return spelling.length
    return 0
  }

  #add(spelling: string): void {
    let hash = 0
    for (let at = 0; at < window; at++) hash = next(hash, spelling.charCodeAt(at))
    this.#begins[hash >>> 5] = (this.#begins[hash >>> 5] ?? 0) | (1 << (hash & 31))
    const others = this.#spellings.get(hash) ?? []
    if (others.includes(spelling)) return
    const shorter = others.findIndex(({ length }) => length < spelling.length)
    others.splice(shorter === -1 ? others.length : shorter, 0, spelling)
    this.#spellings.set(hash, others)
  }
}

/** What is older than the window has been shifted out. */
function next(hash: number, code: number): number {
  return ((hash << bitsPerCharacter) ^ lowerCase(code)) & hashMask
}

function lowerCase(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}

function standsAt(text: string, start: number, spelling: string): boolean {
  if (start < 0 || start + spelling.length > text.length) return false
  for (let at = 0; at < spelling.length; at++) {
    if (lowerCase(text.charCodeAt(start + at)) !== lowerCase(spelling.charCodeAt(at))) return false
  }
  return true
}
