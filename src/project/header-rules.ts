/** What may be a header. */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const control = /[\u0000-\u001f\u007f]/
const outsideLatin1 = /[^\u0000-\u00ff]/

/** They belong to the connection, not to a call: with them a request could be turned into two, or sent elsewhere. */
const refusedNames = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
])

export interface HeaderProblem {
  /** Does not show the value. */
  readonly message: string
  readonly hint?: string | undefined
}

/** Why a header cannot be sent; undefined if it can. */
export function headerProblem(name: string, value: string): HeaderProblem | undefined {
  if (!token.test(name)) {
    return { message: `${JSON.stringify(name)} is not the name of a header`, hint: 'letters, digits and "-"' }
  }
  if (refusedNames.has(name.toLowerCase())) {
    return { message: `the header "${name}" is set by zato-ts itself`, hint: 'leave it out' }
  }
  if (control.test(value)) return { message: `the header "${name}" holds a control character` }
  if (outsideLatin1.test(value)) {
    return {
      message: `the header "${name}" holds a character outside Latin-1`,
      hint: 'encodeURIComponent(…) it, or base64',
    }
  }
  return undefined
}

/** Whether a method is one that HTTP knows the shape of. */
export function isToken(text: string): boolean {
  return token.test(text)
}
