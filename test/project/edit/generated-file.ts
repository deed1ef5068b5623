import fc from 'fast-check'

/** Project files as people write them, with a comment wherever one may stand, and what each of their lines belongs to. */

export interface GeneratedFile {
  readonly text: string
  readonly lineBreak: '\n' | '\r\n'
  /** Names of the connections, in order. */
  readonly names: readonly string[]
  /** Lines (from 0, end exclusive) of each connection, deeper comments and the blank line below it included. */
  readonly lines: readonly { readonly from: number; readonly to: number }[]
}

/** One more comment, unlike any other of the file. */
type Commenter = (indent: number) => string[]

interface Choices {
  readonly next: (bound: number) => number
  readonly comment: Commenter
  readonly trailing: () => string
}

function choices(numbers: fc.GeneratorValue): Choices {
  let comments = 0
  const next = (bound: number) => numbers(fc.nat, bound - 1)
  return {
    next,
    comment: (indent) => (next(4) === 3 ? [`${' '.repeat(indent)}# c${comments++}`] : []),
    trailing: () => (next(4) === 3 ? `${[' ', '   ', '\t'][next(3)] ?? ' '}# t${comments++}` : ''),
  }
}

function quoted(text: string, kind: number): string {
  return kind === 2 ? `"${text}"` : kind === 1 ? `'${text}'` : text
}

/** The fields below the name, each as the lines that one may write it in. */
function fieldLines(pad: string, at: number, { next, comment, trailing }: Choices): string[] {
  const fields = [
    () => [`${pad}timeout: ${next(60) + 1}${trailing()}`],
    () => [`${pad}url_path: ${quoted('/a/{x}/é', next(3))}${trailing()}`],
    () => [`${pad}url_path:${trailing()}`, ...comment(at + 2), `${pad}  /own/line/{y}${trailing()}`],
    () => [
      `${pad}headers:${trailing()}`,
      ...comment(at + 2),
      `${pad}  X-A: ${quoted('v', next(3))}${trailing()}`,
      `${pad}  X-B: w`,
    ],
    () => [`${pad}headers: { X-A: 1, 'X-B': "b, }" }${trailing()}`],
    () => [
      `${pad}description: ${['|', '|-', '>', '|+'][next(4)] ?? '|'}${trailing()}`,
      `${pad}  one # no comment`,
      '',
      `${pad}  two`,
    ],
    () => [`${pad}description: "folded`, `${pad}  over lines"${trailing()}`],
    () => [`${pad}description:${trailing()}`],
    () => [`${pad}samples: &anchor${at}x${next(1000)} {}${trailing()}`],
  ]
  const wanted = [0, 1 + next(2), 3 + next(2), 5 + next(3), 8].filter(() => next(2) === 1)
  return wanted.flatMap((index) => [...comment(at), ...(fields[index]?.() ?? [])])
}

export const generatedFile: fc.Arbitrary<GeneratedFile> = fc.gen().map((numbers) => {
  const choose = choices(numbers)
  const { next, comment, trailing } = choose
  const lines: string[] = []
  const dash = [2, 0, 4][next(3)] ?? 2
  const width = [2, 2, 4][next(3)] ?? 2
  const gap = next(3) === 2 ? [] : ['']
  const names = Array.from({ length: 1 + next(4) }, (_, i) => `API ${i}`)
  const spans: { from: number; to: number }[] = []
  lines.push(...comment(0), ...(next(2) === 1 ? ['security:', '  - name: S', '    type: basic_auth', ''] : []))
  lines.push(...comment(0), `outgoing_rest:${trailing()}`)
  for (const [i, name] of names.entries()) {
    if (i > 0) lines.push(...gap)
    lines.push(...comment(dash))
    const from = lines.length
    const pad = ' '.repeat(dash + width)
    const host = `host: ${quoted(`https://h${i}.test`, next(3))}${trailing()}`
    lines.push(`${' '.repeat(dash)}-${' '.repeat(width - 1)}name: ${quoted(name, next(3))}${trailing()}`)
    lines.push(...comment(dash + width), pad + host, ...fieldLines(pad, dash + width, choose), ...comment(dash + 1))
    spans.push({ from, to: lines.length + gap.length })
  }
  if (next(2) === 1) lines.push('', ...comment(0), `channel_rest: []${trailing()}`)
  lines.push(...comment(0))
  const lineBreak = next(2) === 1 ? '\r\n' : '\n'
  const end = next(5) === 4 ? '' : lineBreak
  return { text: lines.join(lineBreak) + end, lineBreak, names, lines: spans }
})
