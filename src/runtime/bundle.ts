import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildContext, BuildFailure, BuildOptions, BuildResult, Metafile } from 'esbuild'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import { type Redactor, redactorOf } from '../redact.js'
import { buildProblems, unresolvedPaths } from './bundle-problems.js'
import { type Inputs, entryName, entryNamespace, servicesPlugin } from './bundle-plugin.js'
import { readCompilerSettings } from './compiler-settings.js'
import { publicEntry } from './package-files.js'
import { asksForPosition, positionNames } from './source-position.js'

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
type Context = BuildContext<{ write: false }>

/**
 * Bundles the services of one project; each build after the first reads only what changed. A build asks this process about
 * none of the files, which takes several times as long the more there are; only if it fails, or if a file asks where it is, is
 * there a second one that passes all of them through here.
 */
export class Bundler {
  /** Those that are not closed yet: the last one to close ends the process of esbuild. */
  static readonly #open = new Set<Bundler>()

  /** The services folder. */
  readonly folder: string
  readonly #root: string
  readonly #redactor: Redactor
  readonly #options: Promise<BuildOptions>
  readonly #quick: Promise<Context>
  #thorough: Promise<Context> | undefined
  /** Of the last thorough build. */
  readonly #inputs: Inputs = new Map()
  /** A file asked where it is, so that only a thorough build will do. */
  #asksForPosition = false
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
    this.#options = this.#readOptions()
    this.#quick = this.#createContext({ metafile: true, plugins: [servicesPlugin({ folder: this.folder })] })
    // Reported by the first build.
    this.#quick.catch(() => undefined)
  }

  /** What says how to compile, and is read once: after a change of one of these another bundler is needed. */
  get compilerFiles(): readonly string[] {
    return this.#compilerFiles
  }

  async build(): Promise<BundleResult> {
    return (this.#asksForPosition ? undefined : await this.#buildQuickly()) ?? (await this.#buildThoroughly())
  }

  async close(): Promise<void> {
    Bundler.#open.delete(this)
    for (const opened of [this.#quick, this.#thorough]) {
      const context = await opened?.catch(() => undefined)
      await context?.dispose()
    }
    if (Bundler.#open.size > 0) return
    const { stop } = await import('esbuild')
    await stop()
  }

  /** Undefined if it takes a thorough one. */
  async #buildQuickly(): Promise<BundleResult | undefined> {
    const { errors, outputFiles, metafile } = await rebuild(await this.#quick)
    const output = outputFiles?.[0]
    if (errors.length > 0 || !output || !metafile || asksForPosition(output.contents)) return undefined
    return { bundle: bundleOf(output), problems: [], inputs: filesOf(metafile, this.#root) }
  }

  async #buildThoroughly(): Promise<BundleResult> {
    const plugins = [servicesPlugin({ folder: this.folder, inputs: this.#inputs })]
    this.#thorough ??= this.#createContext({ plugins })
    const { errors, outputFiles } = await rebuild(await this.#thorough)
    this.#asksForPosition = [...this.#inputs.values()].some((prefix) => prefix > 0)
    const problems = await buildProblems(errors, { root: this.#root, inputs: this.#inputs, redactor: this.#redactor })
    const inputs = [...this.#inputs.keys(), ...unresolvedPaths(errors, this.#root)]
    const output = problems.length === 0 ? outputFiles?.[0] : undefined
    return { bundle: output && bundleOf(output), problems, inputs }
  }

  async #createContext(options: BuildOptions): Promise<Context> {
    const { context } = await import('esbuild')
    return context({ ...(await this.#options), ...options, write: false })
  }

  async #readOptions(): Promise<BuildOptions> {
    const { tsconfig, files } = await readCompilerSettings(this.folder, this.#scratch)
    this.#compilerFiles = files
    const own = publicEntry('zato-ts')
    return {
      ...(tsconfig !== undefined && { tsconfig }),
      ...(own !== undefined && { alias: { 'zato-ts': own }, external: [own] }),
      absWorkingDir: this.#root,
      entryPoints: [entryName],
      // Nothing is written there: it says where the paths in the source map start from.
      outfile: join(this.#root, 'services.mjs'),
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
    }
  }
}

function bundleOf({ hash, contents }: NonNullable<Build['outputFiles']>[number]): Bundle {
  return { hash, code: contents }
}

/** Absolute paths of what a build was made of. */
function filesOf({ inputs }: Metafile, root: string): string[] {
  return Object.keys(inputs)
    .filter((name) => !name.startsWith(`${entryNamespace}:`))
    .map((name) => resolve(root, name))
}

/** CommonJS files of the project that are bundled reach packages through `require`, which a module lacks. */
function requireFrom(root: string): string {
  const base = JSON.stringify(pathToFileURL(join(root, 'package.json')).href)
  return `import { createRequire as __zato_require } from 'node:module'; const require = __zato_require(${base});`
}

type Built = Pick<Build, 'errors'> & Partial<Pick<Build, 'outputFiles'>> & { readonly metafile?: Metafile | undefined }

/** A build with errors rejects, with the result in the error. */
async function rebuild(context: Context): Promise<Built> {
  try {
    return await context.rebuild()
  } catch (error) {
    if (error instanceof Error && 'errors' in error) return error as BuildFailure
    throw error
  }
}
