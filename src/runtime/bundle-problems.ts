import { dirname, extname, resolve } from 'node:path'
import type { Message } from 'esbuild'
import type { Problem } from '../project/problem.js'
import type { Redactor } from '../redact.js'
import { sourceProblem } from './source-problem.js'

interface BuildContext {
  readonly root: string
  /** Absolute path → length of what was put in front of its first line. */
  readonly inputs: ReadonlyMap<string, number>
  readonly redactor: Redactor
}

/** What the bundler says does not compile, with places in the files of the project. */
export function buildProblems(messages: readonly Message[], context: BuildContext): Promise<Problem[]> {
  return Promise.all(messages.map((message) => buildProblem(message, context)))
}

function buildProblem({ text, location, notes }: Message, { root, inputs, redactor }: BuildContext): Promise<Problem> {
  const file = location ? resolve(root, location.file) : root
  const specifier = unresolved(text)
  const ownHint = specifier === undefined ? notes[0]?.text : hintToInstall(specifier)
  const hint = location?.suggestion ? `did you mean "${location.suggestion}"?` : ownHint
  return sourceProblem({
    code: 'ZS101',
    message: text.replace(/\.$/, ''),
    hint: hint?.replace(/\.$/, ''),
    file,
    ...(location && { line: location.line, ...columns(location, inputs.get(file) ?? 0) }),
    redactor,
  })
}

/** What an import names that leads nowhere. */
function unresolved(text: string): string | undefined {
  return /^Could not resolve "([^"]*)"/.exec(text)?.[1]
}

/** In place of what esbuild has to say, which is about settings of its own. */
function hintToInstall(specifier: string): string | undefined {
  const [name] = /^(@[\w.~-]+\/)?[\w~-][\w.~-]*(?=\/|$)/.exec(specifier) ?? []
  if (name === undefined || name === 'zato-ts') return undefined
  return `npm install ${name}; a file of your own starts with "./" or "../"`
}

/** esbuild counts bytes from 0, and the prefix of the first line too; people count characters from 1. */
function columns(location: NonNullable<Message['location']>, prefix: number): { column: number; length: number } {
  const line = Buffer.from(location.lineText)
  const before = line.subarray(0, location.column).toString().length
  const length = line.subarray(location.column, location.column + location.length).toString().length
  const shift = line.subarray(0, prefix).toString().startsWith('var __zato_url=') ? prefix : 0
  return { column: Math.max(before - shift, 0) + 1, length: Math.max(length, 1) }
}

const candidateEndings = ['', '.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js']
const sourceOf: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' }

/** Paths that an import of a file that does not exist may mean: once one of them appears, a build is worth a try. */
export function unresolvedPaths(messages: readonly Message[], root: string): string[] {
  return messages.flatMap(({ text, location }) => {
    const specifier = unresolved(text)
    if (!specifier?.match(/^\.{1,2}\//) || !location) return []
    const path = resolve(root, dirname(location.file), specifier)
    const ending = extname(path)
    const source = sourceOf[ending]
    return [...candidateEndings.map((one) => path + one), ...(source ? [path.slice(0, -ending.length) + source] : [])]
  })
}
