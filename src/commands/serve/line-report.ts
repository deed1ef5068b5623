import type { LogEntry } from '../../log.js'
import { escapeLine } from '../../output/escape.js'
import { LineQueue } from '../../output/line-queue.js'
import { logLines } from '../../output/log-line.js'
import { ServerLines } from '../../output/server-lines.js'
import { style } from '../../output/style.js'
import { count, formatDuration, formatMoment } from '../../output/units.js'
import type { ServerEvent } from '../../runtime/events.js'
import type { RunningServer } from '../../runtime/server.js'
import type { Context } from '../context.js'
import { addressLines, banner, plainBanner } from './banner.js'
import { HeldBack } from './held-back.js'
import type { DashboardAddress, Reporter } from './reporter.js'

/** Lines for people, on stderr: with a banner on a screen, plain where they are kept, problems only with `--quiet`. */
export function lineReporter(context: Context): Reporter {
  const { err, cwd, quiet, verbose, canAsk } = context
  const { symbols } = err
  const view = new ServerLines({ symbols, cwd, verbose, quiet, columns: () => (err.isTTY ? err.width : undefined) })
  const queue = new LineQueue({
    terminal: err,
    leftOut: (lines) => style.dim(`${symbols.more} ${count(lines, 'line')} left out, because nobody was reading`),
  })
  const look = () => ({ symbols, cwd, columns: err.width })
  const startedAt = Date.now()
  const print = (lines: readonly string[]) => queue.push(lines, { mustStay: true })
  const say = (text: string) => print([view.line(Date.now(), text)])
  // The terminal shows ^C where the next line would begin.
  const belowCtrlC = () => (err.isTTY ? newLine.splice(0) : [])
  const newLine = ['']
  let ready: Extract<ServerEvent, { type: 'ready' }> | undefined
  const factsOf = ({ url, project }: RunningServer, dashboard: DashboardAddress | undefined) => {
    // What is kept has no token in it.
    const shown = dashboard && { url: err.isTTY ? dashboard.link : dashboard.url, takenPort: dashboard.takenPort }
    return { url, project, ready, dashboard: shown }
  }
  const showEvent = (event: ServerEvent, time: number) => {
    const shown = view.show(event, time)
    if ('key' in shown) queue.pushRepeatable(shown)
    else queue.push(shown.lines, { mustStay: shown.mustStay === true })
  }
  // The port is open before there is a banner: what requests have to tell stands below it.
  const ofRequests = new HeldBack()
  return {
    log(entry) {
      if (!isTold(entry, context)) return
      const show = () => queue.push(logLines(entry, view.clock))
      if (entry.cid === undefined) show()
      else ofRequests.push(show)
    },
    event(event) {
      if (event.type === 'ready') ready = event
      const time = Date.now()
      if (event.type === 'request' || event.type === 'call') ofRequests.push(() => showEvent(event, time))
      else showEvent(event, time)
    },
    started(server, dashboard) {
      const facts = factsOf(server, dashboard)
      if (!quiet) print(err.isTTY ? banner(facts, { ...look(), hasShortcuts: canAsk }) : plainBanner(facts, cwd))
      ofRequests.release()
    },
    others(servers) {
      for (const { pid, url, since } of servers) {
        const sign = style.yellow(symbols.warn)
        say(`${sign} process ${pid} serves this project too, since ${formatMoment(since)}, at ${escapeLine(url)}`)
      }
    },
    stopping({ inFlight, drainMs }) {
      const wait = `waiting up to ${formatDuration(drainMs)} for ${count(inFlight, 'request')}`
      if (!quiet) print([...belowCtrlC(), style.dim(`Stopping: ${wait}, Ctrl-C again to end at once`)])
    },
    stopped() {
      const uptime = formatDuration(Date.now() - startedAt)
      const facts = [count(view.requests, 'request'), `${view.failed} failed`, `up ${uptime}`]
      if (!quiet) print([...belowCtrlC(), `Stopped: ${facts.join(', ')}`])
    },
    failed: ({ message }) =>
      print([style.red(`The server ends, because a service threw where nobody caught it: ${escapeLine(message)}`)]),
    print,
    showAddress: (server, dashboard) => print(addressLines(factsOf(server, dashboard), look())),
    typed: () => queue.forgetLast(),
    end() {
      ofRequests.release()
      return queue.end()
    },
  }
}

function isTold({ level }: LogEntry, { quiet, verbose }: Context): boolean {
  if (level === 'debug') return verbose
  return level !== 'info' || !quiet
}
