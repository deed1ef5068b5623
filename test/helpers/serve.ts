import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The real binary, as a user starts it. */
export const binary = fileURLToPath(new URL('../../bin/zato-ts.js', import.meta.url))

export interface Serving {
  /** Ends in a slash. */
  readonly url: string
  /** Everything that was written to stderr so far. */
  stderr(): string
  /** Every event of `serve --json` so far. */
  events(): readonly Record<string, unknown>[]
  readonly process: ChildProcess
  /** Ends it as Ctrl-C does, and gives its exit code. */
  stop(): Promise<number | null>
}

interface ServeOptions {
  /** What the command line begins with: a program that ends by becoming the rest of it. */
  readonly inside?: readonly string[]
  /** Whether the port is that of the project, in place of a free one. */
  readonly onOwnPort?: boolean
}

/** Starts `zato-ts serve --json` on a free port in `dir`, and waits until it is ready. */
export async function serve(
  dir: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  { inside = [], onOwnPort = false }: ServeOptions = {},
): Promise<Serving> {
  const port = onOwnPort ? [] : ['--port', '0']
  const words = [...inside, process.execPath, binary, '-C', dir, 'serve', '--json', ...port, ...args]
  const [program = '', ...others] = words
  const child = spawn(program, others, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const events: Record<string, unknown>[] = []
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = once(child, 'exit') as Promise<[number | null]>

  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Record<string, unknown>
      events.push(event)
      if (event.type === 'ready') resolve(event.url as string)
    })
    void exited.then(([code]) => reject(new Error(`serve ended with ${code}: ${stderr}`)))
  })
  return {
    url: url.endsWith('/') ? url : `${url}/`,
    stderr: () => stderr,
    events: () => events,
    process: child,
    async stop() {
      if (child.exitCode === null) child.kill('SIGINT')
      const [code] = await exited
      return code
    },
  }
}
