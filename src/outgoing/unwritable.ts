/** Objects whose content JSON and forms would silently lose: they would go out as `{}`, or without what they say. */

const hints: Readonly<Record<string, string>> = {
  Promise: 'await it',
  Map: 'Object.fromEntries(…) makes an object of it',
  Set: '[...set] makes an array of it',
  Blob: 'await blob.bytes(), or give blob.stream()',
  File: 'await file.bytes(), or give file.stream()',
  FormData:
    'conn.upload(this.cid, file, { fields }) sends a file with fields; Object.fromEntries(…) makes an object of them',
  Response: 'await response.json(), or give response.body',
  Headers: 'Object.fromEntries(…) makes an object of it',
  Error: 'give what it says, such as { message: error.message }',
  DOMException: 'give what it says, such as { message: error.message }',
  RegExp: 'String(…) makes a text of it',
}

/** What makes something that can be written of such an object; undefined if it can be written as it is. */
export function unwritableHint(payload: object): string | undefined {
  if ('toJSON' in payload && typeof payload.toJSON === 'function') return undefined
  const name = Object.prototype.toString.call(payload).slice(8, -1)
  if (Object.hasOwn(hints, name)) return hints[name]
  const isIterator = Symbol.iterator in payload && !Array.isArray(payload) && Object.keys(payload).length === 0
  return isIterator ? '[...it] makes an array of what it gives' : undefined
}
