/** Path templates such as `/customers/{customer_id}/orders`, as both outgoing connections and channels write them. */

export type PathPart =
  { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'placeholder'; readonly name: string }

export interface PathProblem {
  readonly message: string
  readonly hint?: string
  /** Offsets in the template, end exclusive. */
  readonly start: number
  readonly end: number
}

export interface ParsedPath {
  readonly parts: readonly PathPart[]
  readonly problems: readonly PathProblem[]
}

const namePattern = /^[A-Za-z0-9_-]+$/

/**
 * Takes a template apart. Malformed parts are reported and kept as literals.
 *
 * @example parsePath('/a/{b}').parts // [{ kind: 'literal', text: '/a/' }, { kind: 'placeholder', name: 'b' }]
 */
export function parsePath(template: string): ParsedPath {
  const parts: PathPart[] = []
  const problems: PathProblem[] = []
  const seen = new Set<string>()
  let at = 0
  while (at < template.length) {
    const brace = template.slice(at).search(/[{}]/)
    if (brace === -1) {
      parts.push({ kind: 'literal', text: template.slice(at) })
      break
    }
    const start = at + brace
    if (brace > 0) parts.push({ kind: 'literal', text: template.slice(at, start) })
    const end = closingBrace(template, start)
    if (end === undefined) {
      problems.push(strayBrace(template, start))
      parts.push({ kind: 'literal', text: template.slice(start, start + 1) })
      at = start + 1
      continue
    }
    const name = template.slice(start + 1, end)
    const problem = nameProblem(name, seen)
    if (problem) problems.push({ ...problem, start, end: end + 1 })
    else if (parts.at(-1)?.kind === 'placeholder')
      problems.push({
        message: `Nothing stands between "{${name}}" and the placeholder before it`,
        start,
        end: end + 1,
      })
    seen.add(name)
    parts.push({ kind: 'placeholder', name })
    at = end + 1
  }
  return { parts, problems }
}

/** Segments such as `:id`, which are text here, and a placeholder to many other programs. */
export function foreignPlaceholders(template: string): PathProblem[] {
  return [...template.matchAll(/(?<=\/):([A-Za-z_]\w*)(?=\/|$)/g)].map(({ 0: text, 1: name, index }) => ({
    message: `"${text}" is text, and no placeholder`,
    hint: `write {${name}}`,
    start: index,
    end: index + text.length,
  }))
}

/** Names of the placeholders, in the order of the path. */
export function placeholdersOf(template: string): string[] {
  return parsePath(template).parts.flatMap((part) => (part.kind === 'placeholder' ? [part.name] : []))
}

/** Placeholders that the connection declares no value for: what a call has to give, each once. */
export function openPlaceholders(connection: {
  readonly urlPath: string
  readonly requestPathParams?: readonly { readonly key: string }[] | undefined
}): string[] {
  const declared = new Set(connection.requestPathParams?.map(({ key }) => key))
  return [...new Set(placeholdersOf(connection.urlPath))].filter((name) => !declared.has(name))
}

function closingBrace(template: string, start: number): number | undefined {
  if (template[start] !== '{') return undefined
  const offset = template.slice(start + 1).search(/[{}/]/)
  const end = start + 1 + offset
  return offset !== -1 && template[end] === '}' ? end : undefined
}

function strayBrace(template: string, start: number): PathProblem {
  if (template[start] === '}') {
    return { message: 'A "}" closes no placeholder', hint: 'write {name}', start, end: start + 1 }
  }
  const rest = /^[^/{}]*/.exec(template.slice(start + 1))?.[0] ?? ''
  return {
    message: `The placeholder "{${rest}" is never closed`,
    hint: `write {${rest || 'name'}}`,
    start,
    end: start + 1 + rest.length,
  }
}

function nameProblem(name: string, seen: ReadonlySet<string>): Pick<PathProblem, 'message' | 'hint'> | undefined {
  if (name === '') return { message: 'A placeholder has no name', hint: 'write {name}' }
  if (!namePattern.test(name)) {
    return { message: `The placeholder name "${name}" holds other characters than letters, digits, "_" and "-"` }
  }
  if (seen.has(name)) return { message: `The placeholder "{${name}}" stands twice in the path` }
  return undefined
}
