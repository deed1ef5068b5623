import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { runCli } from '../../src/cli.js'
import { binary } from './serve.js'

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** stdout, byte for byte. */
  readonly bytes: Buffer
}

export interface CliSurroundings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string | Uint8Array
  /** Whether the streams say that they are a terminal. */
  readonly tty?: boolean | { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean }
  readonly columns?: number
}

/** An environment of its own, so that the machine's decides nothing; UTF-8, no colour rules. */
const plainEnvironment = { PATH: process.env.PATH, LANG: 'C.UTF-8' }

/** Runs a command line in this process, with streams of its own. */
export async function cli(argv: readonly string[], surroundings: CliSurroundings = {}): Promise<CliResult> {
  const io = new FakeIo(surroundings)
  const output = Promise.all([buffer(io.stdout), buffer(io.stderr)])
  const code = await runCli(argv, io)
  io.stdout.end()
  io.stderr.end()
  const [stdout, stderr] = await output
  return { code, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout }
}

/** Stands for `process`: `emit('SIGINT')` is Ctrl-C. */
export class FakeIo extends EventEmitter {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?: (on: boolean) => unknown }
  readonly stdout: PassThrough & { isTTY?: boolean; columns?: number }
  readonly stderr: PassThrough & { isTTY?: boolean; columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly #cwd: string

  constructor({ cwd = '/', env = {}, stdin, tty = false, columns = 120 }: CliSurroundings) {
    super()
    const is = typeof tty === 'boolean' ? { stdin: tty, stdout: tty, stderr: tty } : tty
    const input = new PassThrough()
    if (stdin !== undefined) input.end(stdin)
    this.stdin = Object.assign(input, { isTTY: is.stdin === true, setRawMode: () => input })
    this.stdout = Object.assign(new PassThrough(), { isTTY: is.stdout === true, columns })
    this.stderr = Object.assign(new PassThrough(), { isTTY: is.stderr === true, columns })
    this.env = { ...plainEnvironment, ...env }
    this.#cwd = cwd
  }

  cwd(): string {
    return this.#cwd
  }
}

/** Runs the real binary, as a shell would. */
export async function zato(argv: readonly string[], { cwd, env, stdin }: CliSurroundings = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [binary, ...argv], { cwd, env: { ...plainEnvironment, ...env } })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin ?? '')
  const [stdout, stderr, [code, signal]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ])
  if (code === null) throw new Error(`zato-ts was ended by ${signal}: ${stderr.toString()}`)
  return { code, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout }
}
