/**
 * The fields of an `application/x-www-form-urlencoded` text; a field that repeats is an array.
 *
 * @example parseForm('a=1&b=2&b=3') // { a: '1', b: ['2', '3'] }
 */
export function parseForm(text: string): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields.get(name)
    if (before === undefined) fields.set(name, value)
    else if (typeof before === 'string') fields.set(name, [before, value])
    else before.push(value)
  }
  // Defines each property, so that a field named __proto__ is a field.
  return Object.fromEntries(fields)
}
