import { relative } from 'node:path'
import { escapeLine } from '../../output/escape.js'
import { style } from '../../output/style.js'
import type { Symbols } from '../../output/symbols.js'
import { count, formatDuration } from '../../output/units.js'
import { displayWidth } from '../../output/width.js'
import type { Project } from '../../project/project.js'
import type { ChannelDefinition } from '../../project/schema.js'
import type { ServerEvent } from '../../runtime/events.js'
import { version } from '../../version.js'
import { curlLine } from '../curl-line.js'

export interface BannerFacts {
  readonly url: string
  /** Undefined while no good project file has been read. */
  readonly project: Project | undefined
  readonly ready: Extract<ServerEvent, { type: 'ready' }> | undefined
  /** Undefined if there is none. */
  readonly dashboard?: { readonly url: string; readonly takenPort: number | undefined } | undefined
}

interface BannerLook {
  readonly symbols: Symbols
  readonly cwd: string
  readonly columns: number
  /** Whether somebody types shortcuts. */
  readonly hasShortcuts: boolean
}

/** What a screen shows once the server is up. */
export function banner(facts: BannerFacts, { hasShortcuts, ...look }: BannerLook): string[] {
  const { project, ready } = facts
  const name = project ? `  ${escapeLine(project.name)}` : ''
  const time = ready ? `  ${style.dim(`ready in ${formatDuration(ready.ms)}`)}` : ''
  return [
    '',
    `  ${style.bold(style.cyan(`zato-ts ${version}`))}${name}${time}`,
    '',
    ...addressLines(facts, look),
    '',
    ...(hasShortcuts ? [`  ${style.dim('press')} h + enter ${style.dim('to show help')}`, ''] : []),
  ]
}

/** Where the server answers, from which files, and how to try it. */
export function addressLines(
  facts: BannerFacts,
  { symbols, cwd, columns }: Omit<BannerLook, 'hasShortcuts'>,
): string[] {
  return rowsOf(facts, cwd).map(([title, text, note]) => {
    const row = `  ${style.green(symbols.to)}  ${style.bold(title.padEnd(9))} ${text}`
    const whole = `${row}   ${style.dim(note)}`
    return note === '' || displayWidth(whole) > columns ? row : whole
  })
}

/** The same where lines are kept: no more than the facts. */
export function plainBanner(facts: BannerFacts, cwd: string): string[] {
  const { project, ready } = facts
  const name = project ? ` ${escapeLine(project.name)}` : ''
  const time = ready ? ` ready in ${formatDuration(ready.ms)}` : ''
  const rows = rowsOf(facts, cwd).map(([title, text, note]) => `${title.padEnd(9)} ${text}${note && `  ${note}`}`)
  return [`zato-ts ${version}${name}${time}`, ...rows]
}

function rowsOf(
  { url, project, ready, dashboard }: BannerFacts,
  cwd: string,
): [title: string, text: string, note: string][] {
  const counts = ready ? `${count(ready.routes, 'route')}, ${count(ready.services, 'service')}` : ''
  const channel = project?.channelRest.find(isOpen)
  return [
    ['Channels', style.cyan(url), counts],
    ...(dashboard ? [dashboardRow(dashboard)] : []),
    ...(project ? [['Project', filesOf(project, cwd), ''] satisfies [string, string, string]] : []),
    ...(channel ? [['Try', escapeLine(curlLine(url, channel)), ''] satisfies [string, string, string]] : []),
  ]
}

function dashboardRow({ url, takenPort }: NonNullable<BannerFacts['dashboard']>): [string, string, string] {
  return ['Dashboard', style.cyan(url), takenPort === undefined ? '' : `port ${takenPort} is in use`]
}

function filesOf({ file, server }: Project, cwd: string): string {
  return escapeLine(`${relative(cwd, file) || file}, ${relative(cwd, server.services)}`)
}

/** A channel that anybody may call, so that the line works as it stands. */
function isOpen(channel: ChannelDefinition): boolean {
  return (
    channel.isActive && channel.refusal === undefined && channel.security === undefined && channel.groups.length === 0
  )
}
