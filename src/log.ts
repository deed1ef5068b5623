/** Log lines as data. Where they go and how they look is the sink's affair. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Additional facts of a log line, as JSON can carry them. */
export type LogFields = Readonly<Record<string, unknown>>

export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly level: LogLevel
  readonly message: string
  readonly cid?: string | undefined
  readonly service?: string | undefined
  readonly fields?: LogFields | undefined
}

export type LogSink = (entry: LogEntry) => void

/** What a service sees as `this.logger`: each line carries its cid and its service. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

type Bindings = Pick<LogEntry, 'cid' | 'service'>

/** Makes a logger whose lines all carry `bindings`; without a cid among them, `cid` and `service` of the fields are those of the line. */
export function createLogger(sink: LogSink, bindings: Bindings = {}): Logger {
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    const about = fields && bindings.cid === undefined ? liftBindings(fields) : fields && { fields }
    sink({ time: Date.now(), level, message, ...bindings, ...about })
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function liftBindings({ cid, service, ...fields }: LogFields): Partial<LogEntry> {
  return {
    ...(typeof cid === 'string' && { cid }),
    ...(typeof service === 'string' && { service }),
    ...(Object.keys(fields).length > 0 && { fields }),
  }
}
