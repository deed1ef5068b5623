import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { UsageError } from '../errors.js'
import { type OutputStream, Terminal } from '../output/terminal.js'

/** What a command line needs of its surroundings; `process` has it all. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  cwd(): string
  on(event: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown
  off(event: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown
}

/** The options that every command takes. */
export interface GlobalFlags {
  readonly cwd?: string | undefined
  readonly config?: string | undefined
  readonly env?: string | undefined
  readonly json?: boolean | undefined
  readonly color?: boolean | undefined
  readonly input: boolean
  readonly verbose?: boolean | undefined
  readonly quiet?: boolean | undefined
}

/** What a command stands in: its streams, its folder, its flags. */
export interface Context {
  readonly io: CliIo
  /** Data. */
  readonly out: Terminal
  /** Messages. */
  readonly err: Terminal
  /** Absolute: the working directory, or `--cwd`. */
  readonly cwd: string
  /** `--config`, as it was given. */
  readonly configFile: string | undefined
  /** `--env`. */
  readonly envName: string | undefined
  readonly json: boolean
  readonly verbose: boolean
  readonly quiet: boolean
  /** Whether somebody is there to be asked. */
  readonly canAsk: boolean
  /** Aborted by Ctrl-C, SIGTERM, and when nobody reads stdout any more. */
  readonly signal: AbortSignal
}

export function createContext(io: CliIo, flags: GlobalFlags, signal: AbortSignal): Context {
  const look = { env: io.env, color: flags.color }
  return {
    io,
    out: new Terminal(io.stdout, look),
    err: new Terminal(io.stderr, look),
    cwd: resolve(workingFolder(io), flags.cwd ?? '.'),
    configFile: flags.config ?? (io.env.ZATO_TS_CONFIG || undefined),
    envName: flags.env,
    json: flags.json === true,
    verbose: flags.verbose === true,
    quiet: flags.quiet === true,
    canAsk: flags.input && isInteractive(io),
    signal,
  }
}

/** @throws UsageError ZU001 if `--cwd` names no folder */
export function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw new UsageError('ZU001', `There is no folder "${folder}"`, { hint: 'check what -C says' })
}

/** @throws UsageError ZU001 if the folder that the command was started in has been removed meanwhile */
function workingFolder(io: CliIo): string {
  try {
    return io.cwd()
  } catch (error) {
    throw new UsageError('ZU001', 'The working directory does not exist any more', {
      cause: error,
      hint: 'cd to another one',
    })
  }
}

function isInteractive({ stdin, stderr, env }: CliIo): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !env.CI && !env.ZATO_TS_NO_INPUT
}
