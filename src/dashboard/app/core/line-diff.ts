/** A line of two texts beside each other; undefined where one has none. */
export interface DiffLine {
  readonly before: string | undefined
  readonly after: string | undefined
  readonly isSame: boolean
}

/** Above it lines are compared by their place only. */
const mostCells = 2_000_000

/** The shortest way from one text to the other, line by line. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  if (a.length * b.length > mostCells) return byPlace(a, b)
  const width = b.length + 1
  const length = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => length[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) lines.push({ before: a[i++], after: b[j++], isSame: true })
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      lines.push({ before: a[i++], after: undefined, isSame: false })
    else lines.push({ before: undefined, after: b[j++], isSame: false })
  }
  return paired(lines)
}

/** A removed line and an added one after it stand beside each other. */
function paired(lines: readonly DiffLine[]): DiffLine[] {
  const result: DiffLine[] = []
  let gaps: number[] = []
  for (const line of lines) {
    const gap = line.before === undefined ? gaps.shift() : undefined
    if (gap !== undefined) result[gap] = { before: result[gap]?.before, after: line.after, isSame: false }
    else result.push(line)
    if (line.isSame) gaps = []
    else if (line.after === undefined) gaps.push(result.length - 1)
  }
  return result
}

function byPlace(a: readonly string[], b: readonly string[]): DiffLine[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => ({
    before: a[index],
    after: b[index],
    isSame: a[index] === b[index],
  }))
}
