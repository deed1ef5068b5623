import { relative } from 'node:path'
import type { Problem } from '../project/problem.js'
import { escapeControls, escapeLine } from './escape.js'
import { narrowFrame } from './narrow-frame.js'
import { style } from './style.js'
import { count } from './units.js'

/** The most problems that are shown at once; a flood hides its own beginning. */
const most = 20

/** Path of a file as the user would type it from where they are. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file)
  return escapeLine(path === '' || path.startsWith('..') ? file : path)
}

/** One problem, with its place and the lines around it, which are cut to the columns of a screen. */
export function renderProblem(problem: Problem, cwd: string, columns = Infinity): string[] {
  const isError = problem.severity === 'error'
  const head = isError ? style.red(`error[${problem.code}]`) : style.yellow(`warning[${problem.code}]`)
  return [
    `${head}: ${style.bold(escapeLine(problem.message))}`,
    ` ${style.cyan('-->')} ${shownPath(problem.file, cwd)}:${problem.line}:${problem.column}`,
    ...(problem.frame === '' ? [] : narrowFrame(escapeControls(problem.frame).split('\n'), columns).map(frameLine)),
    ...(problem.hint === undefined ? [] : [`  ${style.dim('hint')}  ${escapeLine(problem.hint)}`]),
  ]
}

/** All of them (20 at most), errors and warnings as they come in the files, an empty line behind each. */
export function renderProblems(problems: readonly Problem[], cwd: string, columns?: number): string[] {
  const shown = problems.slice(0, most).flatMap((problem) => [...renderProblem(problem, cwd, columns), ''])
  return [...shown, ...(problems.length > most ? [`and ${problems.length - most} more`, ''] : [])]
}

/** `2 errors, 1 warning` */
export function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const parts = [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])]
  return parts.join(', ')
}

/** The underline is what the eye looks for. */
function frameLine(line: string): string {
  return /^\s*\|\s*\^/.test(line) ? style.red(line) : line
}
