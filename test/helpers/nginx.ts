import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accepting } from './accepting.js'
import { unusedPort } from './upstream.js'

/** A real nginx on loopback, with a folder and a configuration of its own. */
export interface Nginx {
  /** The ports of its servers, by the names that it was asked for. */
  readonly ports: Readonly<Record<string, number>>
  /** One line of `METHOD URI STATUS` a request that it has answered, or given up, so far. */
  requests(): Promise<string[]>
  close(): Promise<void>
}

export interface NginxOptions {
  /** Names of the ports that its configuration needs. */
  readonly ports: readonly string[]
  /** Further files of its folder, by their names; a relative path in the configuration is one in this folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** What stands in `http { }`. */
  readonly http: (ports: Readonly<Record<string, number>>) => string
}

/**
 * Starts nginx.
 *
 * @throws Error if it is not installed: a test never passes because it is missing
 */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  // nginx cannot be asked for any free port, and another process may take the one that was free a moment ago.
  for (let attempt = 1; ; attempt += 1) {
    const dir = await mkdtemp(join(tmpdir(), 'nginx-'))
    try {
      return await startIn(dir, options)
    } catch (error) {
      await rm(dir, { recursive: true })
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error
    }
  }
}

async function startIn(dir: string, { ports: names, files = {}, http }: NginxOptions): Promise<Nginx> {
  const ports: Record<string, number> = {}
  for (const name of names) ports[name] = await unusedPort()
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content)
  await mkdir(join(dir, 'temporary'))
  await writeFile(join(dir, 'nginx.conf'), configuration(http(ports)))
  const child = spawn('nginx', ['-p', dir, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await Promise.race([Promise.all(Object.values(ports).map(accepting)), failed(child)])
  return {
    ports,
    async requests() {
      const text = await readFile(join(dir, 'access.log'), 'utf8')
      return text.split('\n').slice(0, -1)
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(dir, { recursive: true })
    },
  }
}

function configuration(http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
master_process off;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 1024; }
http {
  log_format short '$request_method $request_uri $status';
  access_log access.log short;
  default_type application/json;
${temporary.map((name) => `  ${name}_temp_path temporary/${name};`).join('\n')}
${http}
}
`
}

function failed(child: ChildProcess): Promise<never> {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  return new Promise((_, reject) => {
    child.once('error', (cause) => {
      reject(new Error('nginx is not installed: apt-get install nginx-light', { cause }))
    })
    child.once('close', (code) => {
      reject(new Error(`nginx ended with ${String(code)}: ${text}`))
    })
  })
}
