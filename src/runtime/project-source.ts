import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import { type ReadOptions, type ReadResult, readProject } from '../project/read.js'
import { type BundleResult, Bundler } from './bundle.js'
import type { Build } from './host.js'
import type { Watched } from './watch.js'

/** What stands on disk now, ready to be loaded. */
export interface Buildable {
  readonly build: Build
  readonly read: ReadResult
  /** The same for what is the same: a build of this key that is served already need not be loaded. */
  readonly key: string
}

export type Refreshed =
  | { readonly buildable: Buildable; readonly rest?: undefined; readonly problems: readonly [] }
  | {
      readonly buildable?: undefined
      /** What is in order of a project that cannot be served: loaded only to see what else is wrong. */
      readonly rest?: Buildable | undefined
      readonly problems: readonly Problem[]
    }

/** Files of a tsconfig are no modules, but say how modules compile. */
const usualCompilerFiles = ['tsconfig.json', 'tsconfig.base.json', 'jsconfig.json', 'package.json']

/** Reads the project file and bundles the services, each only when something of its own has changed. */
export class ProjectSource {
  readonly #options: ReadOptions
  readonly #scratch: string
  #read: ReadResult | undefined
  /** JSON of the project that was read last: a change of services alone needs neither parsing nor comparing. */
  #projectKey = ''
  /** Milliseconds since 1970. */
  #readAt = 0
  #bundler: Bundler | undefined
  #bundled: BundleResult | undefined

  /** @param scratch a folder for files that a build needs, as long as this is not closed */
  constructor(options: ReadOptions, { scratch }: { readonly scratch: string }) {
    this.#options = options
    this.#scratch = scratch
  }

  /** What was read last, good or not. */
  get read(): ReadResult | undefined {
    return this.#read
  }

  /** Reads the project file alone. */
  async readProject(): Promise<ReadResult> {
    this.#readAt = Date.now()
    this.#read = await readProject(this.#options)
    this.#projectKey = JSON.stringify(this.#read.project ?? this.#read.problems)
    return this.#read
  }

  /**
   * What a second look has to take notice of, if these were changed, or everything: of the files of the project, only what
   * was written after it was read, because to read thousands of channels takes seconds.
   */
  async doubtful(changed: readonly string[] | undefined): Promise<readonly string[]> {
    const others = changed?.filter((file) => !this.#isProjectFile(file)) ?? [this.#bundler?.folder ?? '']
    const files = [this.#options.file, ...(this.#read?.sources ?? [])]
    const written = await Promise.all(files.map((file) => stat(file).then(timeOf, () => 0)))
    return [...others, ...files.filter((_, index) => (written[index] ?? 0) > this.#readAt - clockStepMs)]
  }

  /** Takes notice of changed files; without them, of everything. */
  async refresh(changed?: readonly string[]): Promise<Refreshed> {
    const isStale = !changed || changed.some((file) => this.#isProjectFile(file))
    const read = isStale || !this.#read ? await this.readProject() : this.#read
    const fatal = read.problems.filter(isFatal)
    const project = read.project ?? read.sound
    if (!project) return { problems: fatal }
    const moved = await this.#useBundler(project, changed)
    if (moved || !changed || !this.#bundled?.bundle || changed.some((file) => !this.#isProjectFile(file))) {
      this.#bundled = await this.#bundler?.build()
    }
    const bundle = this.#bundled?.bundle
    if (!bundle) return { problems: [...fatal, ...(this.#bundled?.problems ?? [])] }
    const buildable = { build: { project, bundle }, read, key: `${bundle.hash} ${this.#projectKey}` }
    return read.project ? { buildable, problems: [] } : { rest: buildable, problems: fatal }
  }

  /** Everything that a further build may depend on. */
  watched(): Watched {
    const root = this.#read?.project?.root ?? dirname(this.#options.file)
    const files = [
      this.#options.file,
      ...(this.#read?.sources ?? []),
      ...usualCompilerFiles.map((name) => join(root, name)),
      ...this.#compilerFiles(),
    ]
    return {
      folder: this.#read?.project?.server.services ?? this.#bundler?.folder,
      files: [...new Set([...files, ...(this.#bundled?.inputs ?? [])])],
    }
  }

  async close(): Promise<void> {
    await this.#bundler?.close()
  }

  #isCompilerFile(file: string): boolean {
    return this.#compilerFiles().includes(file) || basename(file) === 'tsconfig.json'
  }

  #compilerFiles(): readonly string[] {
    return this.#bundler?.compilerFiles ?? []
  }

  #isProjectFile(file: string): boolean {
    return file === this.#options.file || (this.#read?.sources.includes(file) ?? false)
  }

  /** Tells whether the services are now bundled from another folder, or compiled otherwise. */
  async #useBundler(project: Project, changed: readonly string[] | undefined): Promise<boolean> {
    const old = this.#bundler
    const compilesOtherwise = changed?.some((file) => this.#isCompilerFile(file)) ?? false
    if (old?.folder === project.server.services && !compilesOtherwise) return false
    this.#bundler = new Bundler(project, { scratch: this.#scratch })
    await old?.close()
    return true
  }
}

function isFatal({ severity, scope }: Problem): boolean {
  return severity === 'error' && scope === 'project'
}

/** File systems count time in steps. */
const clockStepMs = 5

/** When a file was written or put in place, in milliseconds since 1970. */
function timeOf({ mtimeMs, ctimeMs }: Stats): number {
  return Math.max(mtimeMs, ctimeMs)
}
