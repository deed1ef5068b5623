import { existsSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'
import type { FSWatcher } from 'chokidar'
import { isSourceFolder } from './service-files.js'

export interface WatcherOptions {
  /** Looks at the files now and then, in place of being told. */
  readonly poll?: boolean | undefined
  /** A watched file appeared, changed or went away. */
  readonly onChange: (file: string) => void
  readonly onError: (error: unknown) => void
}

/** What is watched: a folder with all that lies in it, and single files, which need not exist. */
export interface Watched {
  /** Left out until it is known. */
  readonly folder?: string | undefined
  readonly files: readonly string[]
}

const pollMs = 100

/** Tells which of the files that a generation is made of have changed. */
export class Watcher {
  readonly #options: WatcherOptions
  #watcher: Promise<FSWatcher> | undefined
  #folder: string | undefined
  #files: ReadonlySet<string> = new Set()
  /** Folders on the way to what is watched. */
  #above: ReadonlySet<string> = new Set()
  /**
   * What chokidar has been given: folders, because it loses a single file that is deleted and written anew. Nothing is
   * taken back, because it would not look at such a path again.
   */
  readonly #added = new Set<string>()

  constructor(options: WatcherOptions) {
    this.#options = options
  }

  /** Tells of these from now on, and of no others. Resolves once no change of them can go unnoticed. */
  async watch({ folder, files }: Watched): Promise<void> {
    this.#folder = folder
    this.#files = new Set(files)
    const wanted = [...files, ...(folder === undefined ? [] : [folder])]
    this.#above = new Set(wanted.flatMap(foldersAbove))
    const watcher = await (this.#watcher ??= this.#start(this.#take(wanted)))
    const added = this.#take(wanted)
    if (added.length > 0) watcher.add(added)
  }

  async close(): Promise<void> {
    await (await this.#watcher)?.close()
  }

  /** The folders that have to be given to chokidar for these. */
  #take(wanted: readonly string[]): string[] {
    const added = [...new Set(wanted.map(nearestFolder))].filter((path) => !this.#added.has(path))
    for (const path of added) this.#added.add(path)
    return added
  }

  async #start(folders: string[]): Promise<FSWatcher> {
    const { watch } = await import('chokidar')
    const { poll = false } = this.#options
    const watcher = watch(folders, {
      ignoreInitial: true,
      atomic: false,
      usePolling: poll,
      interval: pollMs,
      ignored: (path) => this.#isIgnored(path),
    })
    const onFile = (path: string) => this.#changed(path)
    watcher
      .on('add', onFile)
      .on('change', onFile)
      .on('unlink', onFile)
      .on('error', (error) => this.#options.onError(error))
    await new Promise<void>((resolve) => watcher.on('ready', resolve))
    return watcher
  }

  #changed(path: string): void {
    if (!this.#isIgnored(path)) this.#options.onChange(path)
  }

  #isInFolder(path: string): boolean {
    return this.#folder !== undefined && (path === this.#folder || path.startsWith(this.#folder + sep))
  }

  #isIgnored(path: string): boolean {
    if (this.#files.has(path) || this.#above.has(path)) return false
    if (!this.#isInFolder(path)) return true
    // What can be part of no service.
    const names = relative(this.#folder ?? '', path).split(sep)
    return !names.every((name) => name === '' || isSourceFolder(name))
  }
}

function foldersAbove(path: string): string[] {
  const above = dirname(path)
  return above === path ? [] : [above, ...foldersAbove(above)]
}

/** The closest folder above `path` that exists. */
function nearestFolder(path: string): string {
  const above = dirname(path)
  return above === path || existsSync(above) ? above : nearestFolder(above)
}
