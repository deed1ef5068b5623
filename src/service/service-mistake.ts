import { type ErrorCode, ZatoError } from '../errors.js'

/** Where a class stands, as far as it is known once its module has loaded. */
export interface ClassPlace {
  /** Absolute path of the source. */
  readonly file: string
  readonly exportName: string
  /** The member of it that is wrong, if it is one. */
  readonly member?: string | undefined
}

/** A class that cannot be a service. */
export class ServiceMistake extends ZatoError {
  readonly place: ClassPlace

  constructor(code: ErrorCode, message: string, { place, hint }: { place: ClassPlace; hint: string }) {
    super(code, message, { hint })
    this.place = place
  }
}

/** Line and column, from 1, at which the class, or its member, is most likely written; its first line if nowhere. */
export function lineOfClass(source: string, { exportName, member }: ClassPlace): { line: number; column: number } {
  const lines = source.split('\n')
  const isDefault = exportName === 'default'
  const head = isDefault
    ? /\bexport default\b/
    : new RegExp(`\\bclass\\s+${exportName.replaceAll('$', '\\$')}(?![\\w$])`)
  const start = lines.findIndex((line) => head.test(line))
  const inside = member === undefined ? -1 : lines.findIndex((line, at) => at >= start && wordOf(member).test(line))
  const index = Math.max(inside === -1 ? start : inside, 0)
  return { line: index + 1, column: (lines[index]?.search(/\S/) ?? 0) + 1 }
}

function wordOf(member: string): RegExp {
  return new RegExp(`\\b${member}\\b`)
}
