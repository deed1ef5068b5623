import type { Context } from './context.js'

/** What a value on the command line names, so that completion can offer it. */
export type ValueKind =
  'connection' | 'channel' | 'security' | 'token' | 'service' | 'file' | 'folder' | 'shell' | 'params'

export interface OptionSpec {
  /** As commander reads it: `-X, --method <method>`. */
  readonly flags: string
  /** One line for help; names the unit and the default. */
  readonly doc: string
  readonly choices?: readonly string[]
  /** May be given several times; the values are an array. */
  readonly repeat?: boolean
  /** Reads the text; throws a UsageError for what cannot be read. */
  readonly parse?: (text: string) => unknown
  readonly values?: ValueKind
  /** In no help and no completion. */
  readonly hidden?: boolean
}

export interface ArgumentSpec {
  /** `<connection>` must be given, `[dir]` may be. */
  readonly name: string
  readonly doc: string
  readonly choices?: readonly string[]
  readonly values?: ValueKind
}

/** Names for examples: those of the project that the command stands in, or made-up ones. */
export interface ExampleNames {
  readonly connection: string
  /** Placeholders of the connection's path. */
  readonly placeholders: readonly string[]
  readonly channel: string
  readonly service: string
  readonly security: string
}

/**
 * A command: what it takes, and one function that does it. `Flags` holds options and arguments by their camelCase names.
 */
export interface CommandSpec<Flags = never> {
  readonly args?: readonly ArgumentSpec[]
  readonly options?: readonly OptionSpec[]
  /** Whether it takes `--json`. */
  readonly json?: boolean
  /** `its own`: Ctrl-C does not abort the context's signal; the command, or the system, sees to it. */
  readonly interrupt?: 'its own'
  /** `its own`: when nobody reads stdout any more, the command ends by itself; the context's signal tells it. */
  readonly closedOutput?: 'its own'
  readonly examples: (names: ExampleNames) => readonly string[]
  /** Gives the exit code. */
  run(context: Context, flags: Flags): Promise<number>
}
