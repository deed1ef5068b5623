import type { CommandSpec } from './command.js'
import type { ServeFlags } from './serve/flags.js'
import { Serving } from './serve/serving.js'
import { stopSignals } from './serve/stop.js'
import { integerFrom, numberFrom } from './values.js'

export const command: CommandSpec<ServeFlags> = {
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
      flags: '--dashboard-port <port>',
      doc: 'Port of the dashboard, 0 for a free one [server.dashboard_port, 8183]',
      parse: integerFrom('--dashboard-port', 0, 65_535),
    },
    { flags: '--no-dashboard', doc: 'Serve no dashboard' },
    { flags: '--open', doc: 'Open the dashboard in the browser (env BROWSER; none for not at all)' },
    { flags: '--keep-traces', doc: 'Keep traces in .zato/traces.ndjson too [dev.keep_traces]' },
    {
      flags: '--drain <seconds>',
      doc: 'Seconds that requests in flight may take after Ctrl-C [10]',
      parse: numberFrom('--drain'),
    },
  ],
  json: true,
  interrupt: 'its own',
  closedOutput: 'its own',
  examples: () => ['zato-ts serve', 'zato-ts serve --port 9000 --env staging', 'zato-ts serve --no-watch --json'],
  async run(context, flags) {
    const stop = stopSignals(context.io, context.signal)
    const serving = new Serving(context, flags, stop)
    try {
      return await Promise.race([serving.run(), stop.second.then(() => 130)])
    } finally {
      await serving.leave()
      stop.release()
    }
  },
}
