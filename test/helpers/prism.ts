import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { accepting } from './accepting.js'
import { unusedPort } from './upstream.js'

/** Prism: a mock server of an OpenAPI description, which also checks the requests that it gets against it. */
export interface Prism {
  readonly url: string
  close(): Promise<void>
}

const folder = fileURLToPath(new URL('../outgoing/prism', import.meta.url))
const program = `${folder}/node_modules/@stoplight/prism-cli/dist/index.js`

/**
 * Starts Prism, and installs it before if it is not there yet: it is too heavy for everyone who installs the product.
 *
 * @throws Error if it cannot be installed: a test never passes because it is missing
 */
export async function startPrism(description: string): Promise<Prism> {
  if (!existsSync(program)) install()
  const port = await unusedPort()
  const args = [program, 'mock', '--host', '127.0.0.1', '--port', String(port), description]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (told += text.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const failed = ended.then(() => Promise.reject(new Error(`Prism ended: ${told}`)))
  await Promise.race([accepting(port), failed])
  failed.catch(() => undefined)
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function install(): void {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', timeout: 240_000 })
  } catch (cause) {
    throw new Error(`Prism is not installed, and cannot be: npm ${args.join(' ')} failed in ${folder}`, { cause })
  }
}
