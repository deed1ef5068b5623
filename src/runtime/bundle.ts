import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildContext, BuildFailure, BuildResult } from 'esbuild'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import { type Redactor, redactorOf } from '../redact.js'
import { buildProblems, unresolvedPaths } from './bundle-problems.js'
import { entryName, servicesPlugin } from './bundle-plugin.js'
import { readCompilerSettings } from './compiler-settings.js'
import { positionNames } from './source-position.js'

/** All services of a project, and what they import, as one module. */
export interface Bundle {
  /** The same for the same code. */
  readonly hash: string
  readonly code: Uint8Array
}

export interface BundleResult {
  /** Undefined if a file does not compile. */
  readonly bundle: Bundle | undefined
  readonly problems: readonly Problem[]
  /** What a further build may depend on: every file that was read, and those that were looked for in vain. */
  readonly inputs: readonly string[]
}

/** What of a project the bundler needs to know. */
export type BundledProject = Pick<Project, 'root' | 'secrets' | 'secretNames' | 'secretPaths'> & {
  readonly server: Pick<Project['server'], 'services'>
}

type Build = BuildResult<{ write: false }>

/** Bundles the services of one project; each build after the first reads only what changed. */
export class Bundler {
  /** Those that are not closed yet: the last one to close ends the process of esbuild. */
  static readonly #open = new Set<Bundler>()

  /** The services folder. */
  readonly folder: string
  readonly #root: string
  readonly #redactor: Redactor
  readonly #context: Promise<BuildContext<{ write: false }>>
  readonly #inputs = new Map<string, number>()
  /** A folder for files that a build needs. */
  readonly #scratch: string
  #compilerFiles: readonly string[] = []

  constructor(project: BundledProject, { scratch }: { readonly scratch: string }) {
    const { root, server } = project
    this.#scratch = scratch
    this.#root = root
    this.#redactor = redactorOf(project)
    this.folder = server.services
    Bundler.#open.add(this)
    this.#context = this.#createContext()
    // Reported by the first build.
    this.#context.catch(() => undefined)
  }

  /** What says how to compile, and is read once: after a change of one of these another bundler is needed. */
  get compilerFiles(): readonly string[] {
    return this.#compilerFiles
  }

  async build(): Promise<BundleResult> {
    const context = await this.#context
    const result = await context.rebuild().catch((error: unknown) => failedBuild(error))
    const problems = await buildProblems(result.errors, {
      root: this.#root,
      inputs: this.#inputs,
      redactor: this.#redactor,
    })
    const inputs = [...this.#inputs.keys(), ...unresolvedPaths(result.errors, this.#root)]
    const output = problems.length === 0 ? result.outputFiles?.[0] : undefined
    return { bundle: output && { hash: output.hash, code: output.contents }, problems, inputs }
  }

  async close(): Promise<void> {
    Bundler.#open.delete(this)
    const context = await this.#context.catch(() => undefined)
    await context?.dispose()
    if (Bundler.#open.size > 0) return
    const { stop } = await import('esbuild')
    await stop()
  }

  async #createContext(): Promise<BuildContext<{ write: false }>> {
    const { context } = await import('esbuild')
    const { tsconfig, files } = await readCompilerSettings(this.folder, this.#scratch)
    this.#compilerFiles = files
    return context({
      ...(tsconfig !== undefined && { tsconfig }),
      absWorkingDir: this.#root,
      entryPoints: [entryName],
      // Nothing is written there: it says where the paths in the source map start from.
      outfile: join(this.#root, 'services.mjs'),
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      keepNames: true,
      sourcemap: 'inline',
      sourceRoot: `${pathToFileURL(this.#root).href}/`,
      define: positionNames,
      banner: { js: requireFrom(this.#root) },
      logLevel: 'silent',
      plugins: [servicesPlugin({ folder: this.folder, inputs: this.#inputs })],
    })
  }
}

/** CommonJS files of the project that are bundled reach packages through `require`, which a module lacks. */
function requireFrom(root: string): string {
  const base = JSON.stringify(pathToFileURL(join(root, 'package.json')).href)
  return `import { createRequire as __zato_require } from 'node:module'; const require = __zato_require(${base});`
}

/** A build with errors rejects, with the result in the error. */
function failedBuild(error: unknown): Pick<Build, 'errors'> & { outputFiles?: Build['outputFiles'] } {
  if (error instanceof Error && 'errors' in error) return error as BuildFailure
  throw error
}
