import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** The process that listens on a port. */
export interface PortOwner {
  readonly pid: number
  /** Program and script, without its other arguments: they may be secret. */
  readonly command: string
}

const listening = '0A'

/** Flags of interpreters before what is no script: modules to load first, code, whatever else. */
const takesValue = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--conditions',
  '-C',
  '-e',
  '--eval',
  '-p',
  '-c',
])

/**
 * Who listens on a port, as far as this user may know it: on Linux its own processes, to root all. Undefined where the
 * system does not tell.
 */
export function findPortOwner(port: number): PortOwner | undefined {
  const links = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(read(table), port)).map(socketLink),
  )
  if (links.size === 0) return undefined
  const pid = list('/proc').find((name) => /^\d+$/.test(name) && holds(name, links))
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(read(`/proc/${pid}/cmdline`)) }
}

/** Inodes of the sockets that listen on a port, from the text of /proc/net/tcp. */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === listening)
    .flatMap(({ 9: inode }) => (inode === undefined ? [] : [inode]))
}

/**
 * `node server.js` of a command line as /proc holds it.
 *
 * @example commandOf('/usr/bin/node\0--watch\0/home/me/server.js\0') // 'node server.js'
 */
export function commandOf(line: string): string {
  const [program = '', ...args] = line.split('\0')
  const script = args.find((arg, index) => arg !== '' && !arg.startsWith('-') && !takesValue.has(args[index - 1] ?? ''))
  const isInterpreter = /^(node|bun|deno|python|ruby|perl|php|java|tsx|sh|bash)[\d.]*$/.test(basename(program))
  return [basename(program.split(/[ :]/)[0] ?? ''), ...(isInterpreter && script ? [basename(script)] : [])].join(' ')
}

function socketLink(inode: string): string {
  return `socket:[${inode}]`
}

function holds(pid: string, links: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`
  return list(folder).some((fd) => {
    try {
      return links.has(readlinkSync(`${folder}/${fd}`))
    } catch {
      return false
    }
  })
}

/** Nothing, of a process that has gone or is another user's. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
