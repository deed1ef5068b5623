import type { OptionSpec } from '../command.js'
import type { Context } from '../context.js'
import { sayMore } from '../say.js'

export const filterOption: OptionSpec = {
  flags: '--filter <text>',
  doc: 'Only those that match, such as status:5xx, conn:"Orders API", dur:>500ms, since:10m, or any word',
}

/** What of a filter means nothing is left out, and said. */
export function sayProblems(context: Context, problems: readonly string[]): void {
  for (const problem of problems) sayMore(context, problem)
}
