/** References to the environment inside values: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `$$`. */

export interface MissingReference {
  readonly name: string
  /** What `${NAME:?message}` says. */
  readonly message?: string | undefined
}

export interface ResolvedText {
  readonly text: string
  readonly missing: readonly MissingReference[]
  /** Whether the whole value is one reference: then a field may take it as a number or a boolean. */
  readonly isReference: boolean
  /** Values that came from the environment. */
  readonly inserted: readonly string[]
  /** A reference that cannot be read, such as `${NAME`. */
  readonly malformed?: string
}

/** A missing variable in words. */
export function missingText({ name, message }: MissingReference): string {
  return `The environment variable "${name}" is missing${message === undefined ? '' : `: ${message}`}`
}

type Environment = Readonly<Record<string, string | undefined>>

const token = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)([^}]*))?\}|\$\{[^}]*\}?/g
const wholeToken = /^\$\{[^}]*\}$/
const enmasseReference = /^Zato_Enmasse_Env\.([A-Za-z_][A-Za-z0-9_]*)$/

/** Names that a text refers to, each once. */
export function referencedNames(text: string): string[] {
  const named = [...text.matchAll(token)].map(([, name]) => name)
  const enmasse = [...text.matchAll(/Zato_Enmasse_Env\.([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name)
  return [...new Set([...named, ...enmasse].filter((name) => name !== undefined))]
}

/** A reference inside another: `${A:-${B}}` would end at the first brace. */
function isNested(operand: string): boolean {
  return operand.replaceAll('$$', '').includes('${')
}

/**
 * Puts the environment into a value. A missing variable leaves an empty text behind and is told.
 *
 * @example resolveReferences('https://${HOST:-localhost}/', {}).text // 'https://localhost/'
 */
export function resolveReferences(value: string, env: Environment): ResolvedText {
  const enmasse = enmasseReference.exec(value)?.[1]
  const source = enmasse === undefined ? value : `\${${enmasse}}`
  if (!source.includes('$')) return { text: value, missing: [], isReference: false, inserted: [] }

  const missing: MissingReference[] = []
  const inserted: string[] = []
  let malformed: string | undefined
  const text = source.replace(
    token,
    (found: string, name?: string, operator?: string, operand: string = ''): string => {
      if (found === '$$') return '$'
      if (name === undefined || isNested(operand)) {
        malformed ??= found
        return found
      }
      const known = Object.hasOwn(env, name) ? env[name] : undefined
      if (known !== undefined && (known !== '' || operator === undefined)) {
        inserted.push(known)
        return known
      }
      if (operator === ':-') return operand.replaceAll('$$', () => '$')
      missing.push({ name, message: operator === ':?' && operand !== '' ? operand : undefined })
      return ''
    },
  )
  return {
    text,
    missing,
    isReference: wholeToken.test(source),
    inserted,
    ...(malformed !== undefined && { malformed }),
  }
}

/** The variables that a value refers to, and whether something stands in for one that is missing. */
export function variablesIn(value: string): { readonly name: string; readonly hasDefault: boolean }[] {
  const enmasse = enmasseReference.exec(value)?.[1]
  if (enmasse !== undefined) return [{ name: enmasse, hasDefault: false }]
  return [...value.matchAll(token)].flatMap(([, name, operator]) =>
    name === undefined ? [] : [{ name, hasDefault: operator === ':-' }],
  )
}
