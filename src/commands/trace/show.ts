import { writeJson } from '../../output/json.js'
import { escapeControls } from '../../output/escape.js'
import { style } from '../../output/style.js'
import { resultText, styleOfResult, tookText, waterfall } from '../../output/trace-lines.js'
import { formatDayAndClock } from '../../output/units.js'
import type { ErrorRecord, Trace } from '../../trace/record.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { findTraces, openTraces } from './source.js'

interface Flags {
  readonly cid: string
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<cid>', doc: 'Correlation id, its first characters, or the number of a trace' }],
  json: true,
  examples: () => ['zato-ts trace show 5f1c09e2', 'zato-ts trace show 5f1c09e2 --json'],
  async run(context, { cid }) {
    const source = await openTraces(context)
    const { outer, inner } = await findTraces(source, cid)
    const trace = await source.get(outer.id)
    const within = await Promise.all(inner.map(({ id }) => source.get(id)))
    if (context.json) writeJson(context.out, { v: 1, trace, within })
    else showAll(context, [trace, ...within])
    return 0
  },
}

function showAll(context: Context, traces: readonly Trace[]): void {
  for (const [index, trace] of traces.entries()) {
    if (index > 0) context.out.line('')
    show(context, trace)
  }
}

export function show({ out }: Context, trace: Trace): void {
  const { symbols } = out
  const result = styleOfResult(trace.result)(resultText(trace.result, symbols))
  out.line(`${result}  ${out.data(trace.title)}  ${tookText(trace)}`)
  out.line(
    style.dim(out.data(`${formatDayAndClock(trace.startedAt)}  cid ${trace.cid}  trace ${trace.id}${repeats(trace)}`)),
  )
  out.line('')
  for (const line of waterfall(trace, { symbols, width: out.width })) out.line(line)
  const { dropped, spans } = trace
  if (dropped?.details) out.line(style.dim('Headers and bodies were not kept: more came than can be recorded in full'))
  if (dropped?.spans) out.line(style.dim(`${dropped.spans} further spans were not kept`))
  for (const { error } of spans.filter((span) => span.error && span.kind === 'service'))
    if (error) showError(out, error)
}

function repeats({ replayOf }: Trace): string {
  return replayOf === undefined ? '' : `  repeats trace ${replayOf}`
}

function showError(out: Context['out'], { name, message, source, hint }: ErrorRecord): void {
  out.line('')
  out.line(`${style.red(escapeControls(name))}: ${escapeControls(message)}`)
  if (source) out.line(style.dim(`  at ${escapeControls(source.file)}:${source.line ?? 1}:${source.column ?? 1}`))
  for (const line of (source?.frame ?? '').split('\n').filter(Boolean)) out.line(`  ${escapeControls(line)}`)
  if (hint !== undefined) out.line(style.dim(`  ${escapeControls(hint)}`))
}
