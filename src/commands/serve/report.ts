import { relative } from 'node:path'
import type { LogEntry } from '../../log.js'
import { logLines } from '../../output/log-line.js'
import { ServerLines } from '../../output/server-lines.js'
import { style } from '../../output/style.js'
import { count, formatDuration } from '../../output/units.js'
import type { ChannelDefinition } from '../../project/schema.js'
import type { ServerEvent } from '../../runtime/events.js'
import type { RunningServer } from '../../runtime/server.js'
import { version } from '../../version.js'
import type { Context } from '../context.js'
import { curlLine } from '../curl-line.js'

/** Shows what a server does: lines for people on stderr, or with `--json` one event a line on stdout. */
export interface Reporter {
  readonly log: (entry: LogEntry) => void
  readonly event: (event: ServerEvent) => void
  readonly started: (server: RunningServer) => void
  readonly stopping: () => void
  readonly stopped: () => void
  readonly failed: (error: Error) => void
}

export function createReporter(context: Context): Reporter {
  return context.json ? jsonReporter(context) : lineReporter(context)
}

function jsonReporter({ out }: Context): Reporter {
  const write = (event: object) => out.write(`${JSON.stringify({ v: 1, ...event })}\n`)
  return {
    log: (entry) => write({ type: 'log', ...entry }),
    event: write,
    started: () => {},
    stopping: () => write({ type: 'stopping' }),
    stopped: () => write({ type: 'stopped' }),
    failed: (error) => write({ type: 'failed', message: error.message }),
  }
}

function lineReporter(context: Context): Reporter {
  const { err, cwd, quiet, verbose } = context
  const view = new ServerLines({ symbols: err.symbols, cwd, width: err.width, verbose, quiet })
  const startedAt = Date.now()
  const print = (lines: readonly string[]) => lines.forEach((line) => err.line(line))
  let ready: Extract<ServerEvent, { type: 'ready' }> | undefined
  return {
    log(entry) {
      if (entry.level === 'debug' && !verbose) return
      if (entry.level === 'info' && quiet) return
      print(logLines(entry))
    },
    event(event) {
      if (event.type === 'ready') ready = event
      print(view.lines(event, Date.now()))
    },
    started(server) {
      if (!quiet) print(banner(context, server, ready))
    },
    stopping() {
      if (!quiet) err.line(style.dim('Stopping: waiting for requests in flight, Ctrl-C again to end at once'))
    },
    stopped() {
      const facts = [
        count(view.requests, 'request'),
        `${view.failed} failed`,
        `up ${formatDuration(Date.now() - startedAt)}`,
      ]
      if (!quiet) err.line(`Stopped: ${facts.join(', ')}`)
    },
    failed: (error) =>
      print([style.red(`The server ends, because a service threw where nobody caught it: ${error.message}`)]),
  }
}

function banner(
  { err, canAsk, cwd }: Context,
  { url, project }: RunningServer,
  ready: Extract<ServerEvent, { type: 'ready' }> | undefined,
): string[] {
  const { symbols } = err
  const counts = ready ? `${count(ready.routes, 'route')}, ${count(ready.services, 'service')}` : ''
  const name = project ? `  ${project.name}` : ''
  const time = ready ? `  ${style.dim(`ready in ${formatDuration(ready.ms)}`)}` : ''
  const row = (title: string, text: string) => `  ${style.green(symbols.to)}  ${style.bold(title.padEnd(9))} ${text}`
  const channel = project?.channelRest.find(isOpen)
  const watched = project
    ? `${relative(cwd, project.file) || project.file}, ${relative(cwd, project.server.services)}`
    : ''
  return [
    '',
    `  ${style.bold(style.cyan(`zato-ts ${version}`))}${name}${time}`,
    '',
    row('Channels', `${style.cyan(url)}   ${style.dim(counts)}`),
    ...(watched === '' ? [] : [row('Project', watched)]),
    ...(channel ? [row('Try', curlLine(url, channel))] : []),
    '',
    ...(canAsk ? [`  ${style.dim('press')} h + enter ${style.dim('to show help')}`, ''] : []),
  ]
}

/** A channel that anybody may call, so that the line works as it stands. */
function isOpen(channel: ChannelDefinition): boolean {
  return (
    channel.isActive && channel.refusal === undefined && channel.security === undefined && channel.groups.length === 0
  )
}
