import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { shellWord } from '../../src/output/shell.js'
import { binary } from './serve.js'

/** A terminal that a test types into and reads. */
export interface Pty {
  /** Everything that has appeared so far, as it was written. */
  raw(): string
  /** The same without escape sequences and carriage returns. */
  text(): string
  type(keys: string): void
  /** As if the window were closed. */
  hangUp(): void
  /** The exit code of what runs in it. */
  readonly exited: Promise<number | null>
}

export interface PtyOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
}

/** The keys that mean something to a terminal. */
export const keys = { ctrlC: '\u0003', ctrlD: '\u0004', ctrlS: '\u0013', ctrlQ: '\u0011' }

/** Runs the real binary on a terminal of its own, which `script` of util-linux makes. */
export function onPty(args: readonly string[], options: PtyOptions): Pty {
  return shellOnPty(`exec ${[process.execPath, binary, ...args].map(shellWord).join(' ')}`, options)
}

/** The same for a line of sh. */
export function shellOnPty(line: string, { cwd, env = {}, columns = 100 }: PtyOptions): Pty {
  const command = `stty cols ${columns} rows 24; ${line}`
  const child: ChildProcess = spawn('script', ['-qec', command, '/dev/null'], {
    cwd,
    // Not what a CI sets: then nobody would be there to be asked.
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let raw = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (raw += text))
  child.stdin?.on('error', () => undefined)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    raw: () => raw,
    text: () => raw.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replaceAll('\r', ''),
    type: (text) => void child.stdin?.write(text),
    hangUp: () => void child.kill('SIGKILL'),
    exited,
  }
}
