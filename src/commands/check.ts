import { relative } from 'node:path'
import { escapeControls } from '../output/escape.js'
import { writeJson } from '../output/json.js'
import { countProblems, renderProblems } from '../output/problems.js'
import { style } from '../output/style.js'
import { count } from '../output/units.js'
import { writeEnvTypes } from '../project/env-types.js'
import { type ReadResult, readProject } from '../project/read.js'
import type { CheckedProject } from '../runtime/check-project.js'
import type { CommandSpec } from './command.js'
import type { Context } from './context.js'
import { readOptionsOf } from './project.js'
import { sayDone, sayMore } from './say.js'
import { runProjectTsc } from './tsc.js'

interface Flags {
  readonly strict?: boolean
  readonly types?: boolean
}

export const command: CommandSpec<Flags> = {
  options: [
    { flags: '--strict', doc: 'Warnings fail too' },
    { flags: '--types', doc: 'Run the project’s own tsc as well' },
  ],
  json: true,
  examples: () => ['zato-ts check', 'zato-ts check --strict --types', 'zato-ts check --json'],
  async run(context, { strict, types }) {
    const options = readOptionsOf(context)
    const result = await readProject(options)
    const { checkProject } = await import('../runtime/check-project.js')
    const checked = await checkProject(result)
    if (result.project) await writeEnvTypes(result.project)
    const tsc = types && result.project ? await runProjectTsc(result.project.root, context.signal) : undefined

    const isFailed = checked.problems.some(({ severity }) => severity === 'error' || strict)
    const ok = !isFailed && (tsc === undefined || tsc.ok)
    if (context.json) writeJson(context.out, { v: 1, ok, ...documentOf(result, checked), ...(tsc && { types: tsc }) })
    else show(context, { file: options.file, result, checked, isFailed, ...(tsc && { tsc }) })
    return ok ? 0 : 2
  },
}

function documentOf({ project, missing }: ReadResult, { problems, services }: CheckedProject) {
  return {
    problems,
    missing: missing.map(({ name, message, file, line, column }) => ({ name, message, file, line, column })),
    connections: project?.outgoingRest.length ?? 0,
    channels: project?.channelRest.length ?? 0,
    services: services.length,
    serviceNames: services,
  }
}

function countErrors(output: string): number {
  return output.match(/\berror TS\d+:/g)?.length ?? 0
}

interface Shown {
  readonly file: string
  readonly result: ReadResult
  readonly checked: CheckedProject
  readonly isFailed: boolean
  readonly tsc?: { readonly ok: boolean; readonly output: string }
}

function show(context: Context, { file, result, checked, isFailed, tsc }: Shown): void {
  const { err, cwd } = context
  for (const line of renderProblems(checked.problems, cwd)) err.line(line)
  if (checked.problems.length > 0) err.line(countProblems(checked.problems))
  if (context.verbose) for (const name of checked.services) sayMore(context, `service ${name}`)
  const names = [...new Set(result.missing.map(({ name }) => name))]
  if (names.length > 0) err.line(`Missing variables: ${names.join(', ')}`)
  if (tsc && tsc.output !== '') err.line(escapeControls(tsc.output.trimEnd()))
  const { project } = result
  if (isFailed || !project) return
  const counts = [
    count(project.outgoingRest.length, 'connection'),
    count(project.channelRest.length, 'channel'),
    count(checked.services.length, 'service'),
  ]
  sayDone(context, `${relative(cwd, file) || file}: ${counts.join(', ')}`)
  if (tsc?.ok) sayDone(context, 'Types: no error')
  else if (tsc) err.line(`${style.red(err.symbols.fail)} Types: ${count(countErrors(tsc.output), 'error')}`)
}
