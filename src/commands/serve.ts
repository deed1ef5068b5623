import { startServer } from '../runtime/server.js'
import type { CommandSpec } from './command.js'
import type { Context } from './context.js'
import { readOptionsOf } from './project.js'
import { portInEffect } from './serve/port.js'
import { createReporter } from './serve/report.js'
import { watchShortcuts } from './serve/shortcuts.js'
import { type StopSignals, stopSignals } from './serve/stop.js'
import { integerFrom, numberFrom } from './values.js'

interface Flags {
  readonly port?: number
  readonly host?: string
  readonly watch: boolean
  readonly poll?: boolean
  readonly inspect?: boolean | number
  readonly drain?: number
}

export const command: CommandSpec<Flags> = {
  options: [
    {
      flags: '--port <port>',
      doc: 'Port of the channels, 0 for a free one [server.port, 11223] (env ZATO_TS_PORT)',
      parse: integerFrom('--port', 0, 65_535),
    },
    { flags: '--host <host>', doc: 'Address to listen on [server.host, 127.0.0.1]' },
    { flags: '--no-watch', doc: 'Load everything once; services run in this process' },
    { flags: '--poll', doc: 'Look at the files now and then, where the file system reports no changes' },
    {
      flags: '--inspect [port]',
      doc: 'Open the debugger of the services on 127.0.0.1 [9229]',
      parse: integerFrom('--inspect', 1, 65_535),
    },
    {
      flags: '--drain <seconds>',
      doc: 'Seconds that requests in flight may take after Ctrl-C [10]',
      parse: numberFrom('--drain'),
    },
  ],
  json: true,
  interrupt: 'its own',
  examples: () => ['zato-ts serve', 'zato-ts serve --port 9000 --env staging', 'zato-ts serve --no-watch --json'],
  async run(context, flags) {
    const stop = stopSignals(context.io)
    try {
      return await Promise.race([serve(context, flags, stop), stop.second.then(() => 130)])
    } finally {
      stop.release()
    }
  },
}

async function serve(context: Context, flags: Flags, stop: StopSignals): Promise<number> {
  const reporter = createReporter(context)
  const drainMs = (flags.drain ?? 10) * 1000
  const options = readOptionsOf(context)
  const { port, env } = await portInEffect(options, { flag: flags.port, host: flags.host })
  const server = await startServer({
    ...options,
    env,
    host: flags.host,
    port,
    watch: flags.watch,
    poll: flags.poll,
    inspect: flags.inspect,
    drainMs,
    logSink: reporter.log,
    onEvent: reporter.event,
  })
  reporter.started(server)
  const shortcuts = watchShortcuts(context, { reload: () => server.reload(), quit: stop.quit })
  const failure = await Promise.race([server.failed, stop.first.then(() => undefined)])
  shortcuts.close()
  if (failure) reporter.failed(failure)
  else reporter.stopping()
  await server.close({ drainMs })
  reporter.stopped()
  return failure ? 1 : 0
}
