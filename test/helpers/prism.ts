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
const descriptions = `${folder}/node_modules/@readme/oas-examples`

/** Starts Prism, which must be installed. */
export async function startPrism(description: string): Promise<Prism> {
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

/** An OpenAPI description that somebody has published, out of a collection of such. */
export function publicDescription(file: string): string {
  return `${descriptions}/${file}`
}

/**
 * Installs Prism, and descriptions for it, if they are not there yet: they are too heavy for everyone who installs the product.
 *
 * @throws Error if they cannot be installed: a test never passes because something is missing
 */
export function installPrism(): void {
  if (existsSync(program) && existsSync(descriptions)) return
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', timeout: 240_000 })
  } catch (cause) {
    throw new Error(`Prism is not installed, and cannot be: npm ${args.join(' ')} failed in ${folder}`, { cause })
  }
}
