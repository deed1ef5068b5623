import { type ErrorCode, ZatoError } from '../errors.js'

/** Something wrong, or worth a warning, at a place of the project's files. */
export interface Problem {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning'
  /** One line: upper-case start, no full stop, values in quotes. */
  readonly message: string
  /** What to do, such as `did you mean "data_format"?`. */
  readonly hint?: string | undefined
  /** Absolute path. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
  /** How many columns are wrong, for the underline; at least 1. */
  readonly length: number
  /**
   * `project`: the file cannot be served as it is. `item`: only the item refuses to work, the rest is served. A warning
   * is always `item`.
   */
  readonly scope: 'project' | 'item'
  /** Two lines before, the offending one underlined, one after; secrets masked. Several lines of text. */
  readonly frame: string
}

/** The project cannot be used: all its problems at once. */
export class ProjectError extends ZatoError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const first = problems.find((problem) => problem.severity === 'error') ?? problems[0]
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    super(first?.code ?? 'ZC001', `${first?.message ?? 'The project file cannot be used'}${more}`)
    this.problems = problems
  }
}
