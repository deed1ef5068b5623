import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { requireWrk } from './find-program.js'
import { temporaryFolder } from './folder.js'
import { undoAtExit } from './undo.js'

/** What one round of load came to. */
export interface Load {
  readonly requests: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Mean size of a reply on the wire, head included. */
  readonly bytesPerReply: number
}

export interface LoadOptions {
  readonly seconds: number
  readonly connections?: number
  /** JSON; with it the requests are POSTs. */
  readonly payload?: string | undefined
  /** Asked for in turn, in place of the path of the address. */
  readonly paths?: readonly string[] | undefined
}

const script = fileURLToPath(new URL('wrk.lua', import.meta.url))

/**
 * Loads an address over connections that are kept alive, each with one request at a time.
 *
 * @throws Error if a single request failed or was answered with a status of 400 or above
 */
export async function load(url: string, { seconds, connections = 32, payload, paths }: LoadOptions): Promise<Load> {
  const program = requireWrk()
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url]
  const running = promisify(execFile)(program, [...args, ...scriptArgs({ payload, paths })])
  const forget = undoAtExit(() => running.child.kill('SIGKILL'))
  const { stdout } = await running.finally(forget)
  return readSummary(stdout, url)
}

/** What wrk.lua is to send goes to it in a file. */
function scriptArgs({ payload, paths }: Pick<LoadOptions, 'payload' | 'paths'>): string[] {
  const kind = paths ? 'paths' : 'payload'
  const content = paths?.join('\n') ?? payload
  if (content === undefined) return []
  const file = join(temporaryFolder(), kind)
  writeFileSync(file, content)
  return ['--', kind, file]
}

/** Reads the line that wrk.lua prints last. */
export function readSummary(output: string, url: string): Load {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`wrk told nothing of ${url}:\n${output}`)
  const { requests, microseconds, bytes, p50, p99, ...errors } = JSON.parse(line) as Record<SummaryKey, number>
  const failures = Object.entries(errors).filter(([, count]) => count > 0)
  if (failures.length > 0 || requests === 0) {
    const told = failures.map(([kind, count]) => `${count} ${kind}`).join(', ')
    throw new Error(`Requests to ${url} failed: ${told || 'none was answered'} of ${requests}`)
  }
  const seconds = microseconds / 1e6
  return {
    requests,
    seconds,
    perSecond: requests / seconds,
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
    bytesPerReply: bytes / requests,
  }
}

type SummaryKey =
  'requests' | 'microseconds' | 'bytes' | 'p50' | 'p99' | 'connect' | 'read' | 'write' | 'status' | 'timeout'
