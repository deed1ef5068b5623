import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, ask } from './ask.js'
import { makeFolder, temporaryFolder } from './folder.js'
import { undoAtExit } from './undo.js'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A program that was started and is to be ended. */
export interface Running {
  readonly name: string
  readonly pid: number
  /** When it was started, by `performance.now()`. */
  readonly startedAt: number
  /** Undefined while it runs. */
  readonly exit: () => string | undefined
  /** The end of what it wrote. */
  readonly output: () => string
  /** Ends it as a service manager does, and with force whatever of it is still there after three seconds. */
  readonly stop: () => Promise<void>
}

/** The same for every program: nothing of the machine's own settings, no proxy, no colours. */
export function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '/usr/bin:/bin', HOME = '/' } = process.env
  return { PATH, HOME, LANG: 'C.UTF-8', TMPDIR: temporaryFolder(), ...extra }
}

/** Starts a program in a session of its own. What it writes goes to a file, which costs nobody anything. */
export function start(name: string, { file, args, cwd, env }: Command): Running {
  const log = join(makeFolder('log'), 'output')
  const descriptor = openSync(log, 'a')
  const startedAt = performance.now()
  const child = spawn(file, args, {
    cwd,
    env: environment(env),
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`"${file}" cannot be started`)
  const forget = undoAtExit(() => {
    killAll(pid)
  })
  return {
    name,
    pid,
    startedAt,
    exit: () => child.signalCode ?? child.exitCode?.toString(),
    output: () => readFileSync(log, 'utf8').slice(-2000),
    async stop() {
      await end(child)
      killAll(pid)
      forget()
    },
  }
}

/** Asks every two milliseconds until a program answers 200, and gives that answer with the time it took since the start. */
export async function firstAnswer(
  { name, startedAt, exit, output }: Running,
  url: string,
  { withinMs = 60_000 } = {},
): Promise<Answer & { readonly ms: number }> {
  let last = 'nothing'
  while (performance.now() - startedAt < withinMs) {
    try {
      const answer = await ask(url)
      if (answer.statusCode === 200) return { ...answer, ms: performance.now() - startedAt }
      last = `${answer.statusCode} ${answer.body}`
    } catch (error) {
      last = String(error)
    }
    const ended = exit()
    if (ended !== undefined) throw new Error(`"${name}" ended (${ended}) before it answered:\n${output()}`)
    await wait(2)
  }
  throw new Error(`"${name}" did not answer ${url} within ${withinMs} ms; the last was ${last}\n${output()}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 3000)
  await exited
  clearTimeout(force)
}

/** The program leads a group of processes, which is what it started and did not send away. */
function killAll(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
