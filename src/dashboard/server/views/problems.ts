import type { WrittenItem } from '../../../project/as-written.js'
import type { Problem } from '../../../project/problem.js'
import type { ProblemView } from '../../shared/api.js'
import type { ProjectOnDisk } from '../project-on-disk.js'

/** Problems as the page shows them; those that stand in an item name it. */
export function problemViews(
  problems: readonly Problem[],
  { disk, items }: { disk: ProjectOnDisk; items: readonly WrittenItem[] },
): ProblemView[] {
  return problems.map((problem) => {
    const { code, severity, scope, message, hint, file, line, column, frame } = problem
    const item = items.find((one) => standsIn(problem, one))
    return {
      code,
      severity,
      message,
      ...(hint !== undefined && { hint }),
      isFatal: severity === 'error' && scope === 'project',
      file: disk.shownFile(file),
      line,
      column,
      ...(frame !== '' && { frame }),
      ...(item && { item: { section: item.section, name: item.name } }),
    }
  })
}

/** Those of both lists, each once. */
export function unitedProblems(one: readonly Problem[], other: readonly Problem[]): Problem[] {
  const all = [...one, ...other].map((problem) => [JSON.stringify(problem), problem] as const)
  return [...new Map(all).values()]
}

function standsIn({ file, line }: Problem, item: WrittenItem): boolean {
  return file === item.file && line >= item.line && line < item.line + item.source.split('\n').length
}
