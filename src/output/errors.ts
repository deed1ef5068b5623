import { ZatoError } from '../errors.js'
import { type Problem, ProjectError } from '../project/problem.js'
import { DetailedError } from './detailed-error.js'
import { escapeControls, escapeLine } from './escape.js'
import { countProblems, renderProblems } from './problems.js'
import { style } from './style.js'
import type { Terminal } from './terminal.js'

export interface ErrorView {
  readonly cwd: string
  /** As one line of JSON. */
  readonly json: boolean
}

/** Prints what ended a command: all there is to know, once. A mistake never shows a stack, a bug always does. */
export function printError(terminal: Terminal, error: unknown, { cwd, json }: ErrorView): void {
  if (json) {
    terminal.line(JSON.stringify({ error: errorDocument(error) }))
    return
  }
  for (const line of errorLines(error, cwd)) terminal.line(line)
}

/** Exit code of a command that ends with this error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ZatoError ? error.exitCode : 1
}

function errorLines(error: unknown, cwd: string): string[] {
  if (error instanceof ProjectError && error.problems.length > 0) {
    return [...renderProblems(error.problems, cwd), countProblems(error.problems)]
  }
  if (!(error instanceof ZatoError)) return bugLines(error)
  const details: readonly (readonly [string, string])[] =
    error instanceof DetailedError ? error.details : error.hint === undefined ? [] : [['hint', error.hint]]
  const width = Math.max(0, ...details.map(([label]) => label.length))
  return [
    `${style.red(`error[${error.code}]`)}: ${style.bold(escapeControls(error.message))}`,
    ...details.map(([label, text]) => `  ${style.dim(label.padEnd(width))}  ${escapeLine(text)}`),
  ]
}

function bugLines(error: unknown): string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [
    `${style.red('error[ZX001]')}: ${style.bold('This is a bug in zato-ts: please report it with what follows')}`,
    ...escapeControls(text)
      .split('\n')
      .map((line) => `  ${line}`),
  ]
}

function errorDocument(error: unknown): Record<string, unknown> {
  const exit = exitCodeOf(error)
  if (error instanceof ProjectError) return { ...problemDocument(firstProblem(error)), exit }
  if (error instanceof ZatoError) return { code: error.code, message: error.message, hint: error.hint, exit }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'ZX001',
    message,
    hint: 'this is a bug in zato-ts',
    stack: error instanceof Error ? error.stack : undefined,
    exit,
  }
}

function firstProblem(error: ProjectError): Problem | { code: string; message: string; hint?: string | undefined } {
  return error.problems.find(({ severity }) => severity === 'error') ?? error.problems[0] ?? error
}

function problemDocument(problem: Problem | { code: string; message: string; hint?: string | undefined }) {
  const { code, message, hint } = problem
  const place = 'file' in problem ? { file: problem.file, line: problem.line, column: problem.column } : {}
  return { code, message, hint, ...place }
}
