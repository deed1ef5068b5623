import { readFileSync } from 'node:fs'
import type { ShellPart, ShellVariable } from '../../output/shell.js'
import type { Project } from '../../project/project.js'
import { type Redactor, minimumSecretLength } from '../../redact.js'

/** A secret value, and what is printed in its place. */
export interface SpelledSecret {
  readonly value: string
  /** What holds it, where the project file refers to a variable. */
  readonly variable: ShellVariable | undefined
}

/** Every secret of the project, with the variable that the file takes it from. */
export function spelledSecrets(project: Project, sources: readonly string[]): SpelledSecret[] {
  const referred = referredVariables(sources)
  const variables = Object.entries(project.environment).filter(([name]) => referred.has(name))
  return [...new Set(project.secrets)]
    .filter((value) => value !== '')
    .flatMap((value) => spellings(value, variables.find(([, text]) => text === value)?.[0]))
    .sort((a, b) => b.value.length - a.value.length)
}

/** As it is, and as it stands in an address. */
function spellings(value: string, variable: string | undefined): SpelledSecret[] {
  if (variable === undefined) return [{ value, variable }]
  const plain = { value, variable: { variable } }
  const encoded = encodeURIComponent(value)
  return encoded === value ? [plain] : [plain, { value: encoded, variable: { variable, isEncoded: true } }]
}

/** Names that stand as `${NAME}` in the project's files. */
function referredVariables(sources: readonly string[]): Set<string> {
  const texts = sources.filter((file) => /\.ya?ml$/.test(file)).map(textOf)
  return new Set(texts.flatMap((text) => [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name]) => name ?? '')))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

export interface Speller {
  /** A body in which fields are hidden by name or path, but for those whose value is a known secret. */
  fields(text: string): string
  /** Text in which each secret has become its variable, or a placeholder. */
  text(text: string): readonly ShellPart[]
  /** The value of a header or query key that may be a secret by its name. */
  field(name: string, value: string): readonly ShellPart[]
}

/** Replaces secrets for a command line: what can be a variable is one, so that the line works where the secret is known. */
export function createSpeller(secrets: readonly SpelledSecret[], redactor: Redactor): Speller {
  const long = secrets.filter(({ value }) => value.length >= minimumSecretLength)
  const shown = (parts: readonly Spelled[], placeholder = '<secret>') =>
    parts.map((part) => finished(part, { redactor, placeholder }))
  return {
    fields: (text) =>
      redactor.fields(text, (written) =>
        long.some(({ value }) => written === value || written === JSON.stringify(value)),
      ),
    text: (text) => shown(split(text, long)),
    field(name, value) {
      const isSecret = redactor.field(name, value) !== value
      if (!isSecret) return shown(split(value, long))
      const placeholder = `<secret: "${name}">`
      const parts = split(value, secrets)
      return parts.some((part) => typeof part !== 'string') ? shown(parts, placeholder) : [placeholder]
    },
  }
}

type Spelled = string | SpelledSecret

function split(text: string, secrets: readonly SpelledSecret[]): Spelled[] {
  let parts: Spelled[] = [text]
  for (const secret of secrets) {
    parts = parts.flatMap((part) =>
      typeof part === 'string'
        ? part.split(secret.value).flatMap((piece, index): Spelled[] => (index === 0 ? [piece] : [secret, piece]))
        : [part],
    )
  }
  return parts
}

interface Finish {
  readonly redactor: Redactor
  readonly placeholder: string
}

/** Base64 spellings of a secret are still in the text; no variable can stand for those. */
function finished(part: Spelled, { redactor, placeholder }: Finish): ShellPart {
  return typeof part === 'string' ? redactor.text(part) : (part.variable ?? placeholder)
}
