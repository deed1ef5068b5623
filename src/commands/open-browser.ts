import { spawn } from 'node:child_process'
import { platform } from 'node:process'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Opens an address in the browser: the one that BROWSER names, else that of the system. Gives whether there was one to start;
 * with `BROWSER=none` there is not.
 */
export async function openBrowser(url: string, env: Environment): Promise<boolean> {
  const [command, ...args] = browserCommand(url, env)
  if (command === undefined) return false
  const child = spawn(command, args, { stdio: 'ignore', detached: true, env: { ...env } })
  const isStarted = await new Promise<boolean>((done) => {
    child.once('spawn', () => done(true))
    child.once('error', () => done(false))
  })
  child.unref()
  return isStarted
}

/** Empty for none. */
export function browserCommand(url: string, env: Environment, system: string = platform): readonly string[] {
  const named = env.BROWSER?.trim()
  if (named === 'none') return []
  if (named) {
    const words = named.split(/\s+/)
    return words.some((word) => word.includes('%s')) ? words.map((word) => word.replaceAll('%s', url)) : [...words, url]
  }
  if (system === 'darwin') return ['open', url]
  // Not `start`, which is a command of the shell: "&" would end it.
  if (system === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return env.WSL_DISTRO_NAME ? ['rundll32.exe', 'url.dll,FileProtocolHandler', url] : ['xdg-open', url]
}
