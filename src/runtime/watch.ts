import { existsSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'
import type { ChokidarOptions, FSWatcher } from 'chokidar'
import { findServiceFiles, isSourceFolder } from './service-files.js'
import { SilenceWatch } from './silence-watch.js'

export interface WatcherOptions {
  /** Looks at the files now and then, in place of being told. */
  readonly poll?: boolean | undefined
  /** A watched file appeared, changed or went away. */
  readonly onChange: (file: string) => void
  readonly onError: (error: unknown) => void
  /** From now on files are looked at now and then; called once, with the reason. */
  readonly onPolling: (reason: PollingReason) => void
  /** Starts to watch; for tests. */
  readonly start?: StartWatching | undefined
  /** How often to look whether changes are told of at all, in milliseconds. */
  readonly silenceMs?: number | undefined
}

/** Changes are not told of, or there are more files than the system wants to tell of. */
export type PollingReason = 'silent' | 'too-many'

export type StartWatching = (folders: string[], options: ChokidarOptions) => FSWatcher

/** What is watched: a folder with all that lies in it, and single files, which need not exist. */
export interface Watched {
  /** Left out until it is known. */
  readonly folder?: string | undefined
  readonly files: readonly string[]
}

const pollMs = 100

/** The limits of inotify are reached. */
const tooMany = new Set(['ENOSPC', 'EMFILE', 'ENFILE'])

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
  #silence: SilenceWatch | undefined
  #polls: boolean
  #isClosed = false

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#polls = options.poll ?? false
  }

  /** Tells of these from now on, and of no others. Resolves once no change of them can go unnoticed. */
  async watch({ folder, files }: Watched): Promise<void> {
    this.#folder = folder
    this.#files = new Set(files)
    const wanted = [...files, ...(folder === undefined ? [] : [folder])]
    this.#above = new Set(wanted.flatMap(foldersAbove))
    this.#silence?.startOver()
    await (this.#watcher ??= this.#open(this.#take(wanted)))
    // Meanwhile another may have taken its place.
    const watcher = await this.#watcher
    const added = this.#take(wanted)
    if (added.length > 0) watcher.add(added)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#silence?.close()
    await (await this.#watcher)?.close()
  }

  /** The folders that have to be given to chokidar for these. */
  #take(wanted: readonly string[]): string[] {
    const added = [...new Set(wanted.map(nearestFolder))].filter((path) => !this.#added.has(path))
    for (const path of added) this.#added.add(path)
    return added
  }

  async #open(folders: string[]): Promise<FSWatcher> {
    if (!this.#polls && !this.#silence) this.#watchSilence()
    const polls = this.#polls
    const start = this.#options.start ?? (await import('chokidar')).watch
    const watcher = start(folders, {
      ignoreInitial: true,
      atomic: false,
      usePolling: polls,
      interval: pollMs,
      ignored: (path) => this.#isIgnored(path),
    })
    const onFile = (path: string) => {
      this.#silence?.told()
      this.#changed(path)
    }
    watcher
      .on('add', onFile)
      .on('change', onFile)
      .on('unlink', onFile)
      .on('error', (error) => this.#failed(error, { polls }))
    await new Promise<void>((resolve) => watcher.on('ready', resolve))
    return watcher
  }

  #watchSilence(): void {
    this.#silence = new SilenceWatch({
      files: async () => [...this.#files, ...(this.#folder === undefined ? [] : await findServiceFiles(this.#folder))],
      onSilent: (files) => {
        this.#poll('silent')
        for (const file of files) this.#changed(file)
      },
      ...(this.#options.silenceMs !== undefined && { everyMs: this.#options.silenceMs }),
    })
    this.#silence.start()
  }

  /** @param polls whether it is the watcher that looks at files; what the one before it still complains of matters no more */
  #failed(error: unknown, { polls }: { polls: boolean }): void {
    if (polls !== this.#polls) return
    if (polls || !tooMany.has((error as NodeJS.ErrnoException).code ?? '')) this.#options.onError(error)
    else this.#poll('too-many')
  }

  /** Watches all that is watched anew, by looking at it. */
  #poll(reason: PollingReason): void {
    if (this.#polls || this.#isClosed) return
    this.#polls = true
    this.#options.onPolling(reason)
    const old = this.#watcher
    this.#watcher = this.#open([...this.#added])
    void old?.then((watcher) => watcher.close())
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
