import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accepting } from './accepting.js'
import { unusedPort } from './upstream.js'

/** A real proxy on loopback. */
export interface TinyProxy {
  readonly port: number
  /** What it logged of the requests that it was given: `CONNECT localhost:443`, `GET http://…`. */
  requests(): Promise<string[]>
  close(): Promise<void>
}

/**
 * Starts tinyproxy.
 *
 * @throws Error if it is not installed: a test never passes because it is missing
 */
export async function startTinyProxy({
  user,
  password,
}: { user?: string; password?: string } = {}): Promise<TinyProxy> {
  const dir = await mkdtemp(join(tmpdir(), 'tinyproxy-'))
  const port = await unusedPort()
  const log = join(dir, 'log')
  const config = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Allow 127.0.0.1',
    'MaxClients 50',
    'LogLevel Info',
    `LogFile "${log}"`,
    ...(user === undefined ? [] : [`BasicAuth ${user} ${password ?? ''}`]),
  ]
  await writeFile(join(dir, 'conf'), `${config.join('\n')}\n`)
  const child = spawn('tinyproxy', ['-d', '-c', join(dir, 'conf')], { stdio: 'ignore' })
  await Promise.race([accepting(port), failed(child)])
  return {
    port,
    async requests() {
      const text = await readFile(log, 'utf8')
      return [...text.matchAll(/Request \(file descriptor \d+\): (\S+ \S+)/g)].map(([, line = '']) => line)
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(dir, { recursive: true })
    },
  }
}

function failed(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once('error', (cause) => {
      reject(new Error('tinyproxy is not installed: apt-get install tinyproxy-bin', { cause }))
    })
    child.once('exit', (code) => {
      reject(new Error(`tinyproxy ended with ${String(code)}`))
    })
  })
}
