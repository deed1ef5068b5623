/**
 * What a log line carries, for reading: a stack is lines, not one line full of `\n`. What is no JSON, because it was cut,
 * stays as it is.
 *
 * @example readableDetails('{"code":"ZS500","of":{"id":1}}') // 'code: ZS500\nof:\n  id: 1'
 */
export function readableDetails(details: string): string {
  try {
    return linesOf(JSON.parse(details)).join('\n')
  } catch {
    return details
  }
}

function linesOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split('\n')
  if (typeof value !== 'object' || value === null) return [String(value)]
  if (Array.isArray(value)) return JSON.stringify(value, undefined, 2).split('\n')
  return Object.entries(value).flatMap(([name, one]) => {
    const lines = linesOf(one)
    const fits = lines.length === 1 && (typeof one !== 'object' || one === null || Array.isArray(one))
    return fits ? [`${name}: ${lines[0] ?? ''}`] : [`${name}:`, ...lines.map((line) => `  ${line}`)]
  })
}
