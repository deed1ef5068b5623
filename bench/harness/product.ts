import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './ask.js'
import { makeFolder } from './folder.js'
import { benchFolder, rootFolder } from './folders.js'
import { type Command, type Running, start } from './programs.js'

/** The real binary, on the built dist/. */
export const binary = join(rootFolder, 'bin/zato-ts.js')

/** A server that is running, and where. */
export interface Server extends Running {
  /** Without a trailing slash. */
  readonly url: string
}

export interface ServeOptions {
  readonly name: string
  readonly project: string
  readonly upstream: string
  readonly watch: boolean
}

/** A copy of a project of `projects/`, because serving one writes files into it. */
export function copyProject(name: string): string {
  const folder = makeFolder(name)
  cpSync(join(benchFolder, 'projects', name), folder, { recursive: true })
  mkdirSync(join(folder, 'services'), { recursive: true })
  return folder
}

/** Starts `zato-ts serve`. Like the peers it does not tell of every request. */
export async function startProduct({ name, project, upstream, watch }: ServeOptions): Promise<Server> {
  const port = await freePort()
  const args = ['-C', project, '--quiet', 'serve', '--port', String(port), ...(watch ? [] : ['--no-watch'])]
  const running = start(name, { ...product(args), env: { UPSTREAM: upstream } })
  return { ...running, url: `http://127.0.0.1:${port}` }
}

/** A command line of the product. */
export function product(args: readonly string[]): Command {
  return { file: process.execPath, args: [binary, ...args] }
}

/** Starts a server of `peers/`. */
export async function startPeer(name: string, file: string, upstream: string): Promise<Server> {
  const port = await freePort()
  const args = [join(benchFolder, 'peers', file)]
  const running = start(name, {
    file: process.execPath,
    args,
    env: { PORT: String(port), UPSTREAM: upstream, NODE_ENV: 'production' },
  })
  return { ...running, url: `http://127.0.0.1:${port}` }
}
