import { type FSWatcher, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How a command asks something of a server that runs: through a file beside the record of that server (running-servers.ts),
 * answered through another. Whoever may write there may change the project as well, so that it gives no new power.
 */

/** What a server may be asked for: to forget the tokens of one definition, or all. */
export interface ServerRequest {
  readonly command: 'clear-tokens'
  readonly definition?: string | undefined
}

export interface ServerAnswer {
  /** How many tokens there were. */
  readonly cleared: number
}

interface InboxOptions {
  /** Looks now and then, for file systems that report nothing. */
  readonly poll?: boolean | undefined
  readonly answer: (request: ServerRequest) => ServerAnswer
}

const pollMs = 500

/** The side of the server. It keeps no process alive. */
export class Inbox {
  readonly #path: string
  readonly #answer: InboxOptions['answer']
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param recordPath the record of this server */
  constructor(recordPath: string, { poll = false, answer }: InboxOptions) {
    this.#path = recordPath
    this.#answer = answer
    if (poll) this.#poll()
    else this.#watch()
  }

  close(): void {
    this.#watcher?.close()
    clearInterval(this.#timer)
    for (const path of Object.values(pathsOf(this.#path))) rmSync(path, { force: true })
  }

  #watch(): void {
    const name = basename(pathsOf(this.#path).request)
    try {
      this.#watcher = watch(dirname(this.#path), (_, file) => {
        if (file === null || file === name) this.#look()
      }).unref()
      this.#watcher.on('error', () => {
        this.#watcher?.close()
        this.#poll()
      })
    } catch {
      this.#poll()
    }
  }

  #poll(): void {
    this.#timer ??= setInterval(() => this.#look(), pollMs).unref()
  }

  #look(): void {
    const { request, reply } = pathsOf(this.#path)
    try {
      const asked = readRequest(readFileSync(request, 'utf8'))
      rmSync(request, { force: true })
      if (!asked) return
      writeFileSync(`${reply}.tmp`, JSON.stringify({ v: formatVersion, ...this.#answer(asked) }), { mode: 0o600 })
      renameSync(`${reply}.tmp`, reply)
    } catch {
      // Nobody asks, or whoever did has gone.
    }
  }
}

const answerMs = 3000
const lookMs = 20

/** The side of the command. Undefined if the server does not answer. */
export async function askServer(recordPath: string, request: ServerRequest): Promise<ServerAnswer | undefined> {
  const paths = pathsOf(recordPath)
  const deadline = performance.now() + answerMs
  try {
    await rm(paths.reply, { force: true })
    await writeFile(`${paths.request}.tmp`, JSON.stringify({ v: formatVersion, ...request }), { mode: 0o600 })
    await rename(`${paths.request}.tmp`, paths.request)
    while (performance.now() < deadline) {
      const answer = readAnswer(await readFile(paths.reply, 'utf8').catch(() => ''))
      if (answer) return answer
      await sleep(lookMs)
    }
    return undefined
  } catch {
    return undefined
  } finally {
    for (const path of Object.values(paths)) await rm(path, { force: true }).catch(() => undefined)
  }
}

const formatVersion = 1

function pathsOf(recordPath: string) {
  const stem = recordPath.replace(/\.json$/, '')
  return { request: `${stem}.request`, reply: `${stem}.reply` }
}

function readRequest(text: string): ServerRequest | undefined {
  const { v, command, definition } = parse(text)
  if (v !== formatVersion || command !== 'clear-tokens') return undefined
  return { command, ...(typeof definition === 'string' && { definition }) }
}

function readAnswer(text: string): ServerAnswer | undefined {
  const { v, cleared } = parse(text)
  return v === formatVersion && typeof cleared === 'number' ? { cleared } : undefined
}

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
