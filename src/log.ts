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

/** Makes a logger whose lines all carry `bindings`. */
export function createLogger(sink: LogSink, bindings: Pick<LogEntry, 'cid' | 'service'> = {}): Logger {
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    sink({ time: Date.now(), level, message, ...bindings, ...(fields && { fields }) })
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
