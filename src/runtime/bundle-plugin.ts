import { readFileSync, statSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'
import { publicEntry } from './package-files.js'
import { findServiceFiles, moduleName } from './service-files.js'
import { positionPrefix, withPosition } from './source-position.js'

/** Files that a build is made of: absolute path → length of what was put in front of its first line. */
export type Inputs = Map<string, number>

interface PluginOptions {
  /** The services folder. */
  readonly folder: string
  /** Receives all files. Without it none passes through this process, and no file knows where it is. */
  readonly inputs?: Inputs | undefined
}

/** The module that a build starts from. */
export const entryName = 'zato-ts:services'
export const entryNamespace = 'zato-ts'

const ownPackage = /^zato-ts(\/|$)/
/**
 * Names of packages, `#imports` and aliases of a tsconfig; and paths into a `node_modules`. What nearly every file imports,
 * `zato-ts` and what begins with `node:`, is left out, because to ask takes its time: the bundler knows about them.
 */
const mayLeaveProject = new RegExp(`^(?:[^./nz]|${otherThan('node:')}|${otherThan('zato-ts')}|zato-ts.)|node_modules`)
const loadedByNode = /\.([cm]?js|node|wasm)$/
const underNodeModules = /[/\\]node_modules[/\\]/
/** Marks a resolution that this plugin itself asked for. */
const asked = Symbol('asked')

/**
 * Resolves as a service author expects: `zato-ts` is the running package; what lies under a `node_modules` is left to
 * Node; everything else (services, helpers beside them, packages of the workspace) becomes part of the bundle.
 */
export function servicesPlugin({ folder, inputs }: PluginOptions): Plugin {
  return {
    name: 'zato-ts',
    setup(build) {
      const plain: PlainFiles = new Map()
      const entry = { path: entryName, namespace: entryNamespace }
      build.onResolve({ filter: new RegExp(`^${entryName}$`) }, () => entry)
      build.onLoad({ filter: /.*/, namespace: entryNamespace }, () => entryModule(folder))
      build.onResolve({ filter: mayLeaveProject }, (args) => resolveName(build, args))
      if (!inputs) return
      build.onStart(() => inputs.clear())
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => loadFile(path, { inputs, plain }))
    },
  }
}

/** What begins as `word` does, but then goes on otherwise: the bundler's expressions cannot look ahead. */
function otherThan(word: string): string {
  const letters = Array.from(word).slice(1)
  return letters.map((letter, index) => `${word.slice(0, index + 1)}(?:[^${letter}]|$)`).join('|')
}

/** Imports every service file as a namespace and exports the table of them. */
async function entryModule(folder: string): Promise<OnLoadResult> {
  const files = await findServiceFiles(folder)
  const imports = files.map((file, index) => `import * as m${index} from ${JSON.stringify(file)}`)
  const rows = files.map((file, index) => JSON.stringify([file, moduleName(folder, file)]).replace(/]$/, `,m${index}]`))
  return {
    contents: `${imports.join('\n')}\nexport default [${rows.join(',\n')}].map(([file, name, exports]) => ({ file, name, exports }))`,
    resolveDir: dirname(folder),
    loader: 'js',
  }
}

async function resolveName(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const { path, kind, importer, resolveDir, namespace } = args
  if (args.pluginData === asked || namespace !== 'file' || path.startsWith('node:')) return undefined
  if (ownPackage.test(path)) return ownEntry(path)
  const found = await build.resolve(path, { kind, importer, resolveDir, namespace, with: args.with, pluginData: asked })
  if (found.errors.length > 0) return { errors: found.errors }
  if (found.external || !underNodeModules.test(found.path) || !loadedByNode.test(found.path)) return undefined
  const required = kind === 'require-call' || kind === 'require-resolve'
  return { path: required ? found.path : pathToFileURL(found.path).href, external: true }
}

function ownEntry(path: string): OnResolveResult {
  const url = publicEntry(path)
  if (url !== undefined) return { path: url, external: true }
  return { errors: [{ text: `The package "zato-ts" has no entry "${path}"` }] }
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
}

/** Files that need no prefix, by the modification they had when they were read. */
type PlainFiles = Map<string, string>

interface LoadContext {
  readonly inputs: Inputs
  readonly plain: PlainFiles
}

/** Notes the file, and gives its text only if that must differ from what esbuild would read by itself. */
function loadFile(path: string, { inputs, plain }: LoadContext): OnLoadResult | undefined {
  const loader = loaders[extname(path)]
  inputs.set(path, 0)
  if (!loader) return undefined
  const modification = modificationOf(path)
  if (modification !== undefined && plain.get(path) === modification) return undefined
  const source = readFileSync(path, 'utf8')
  const prefix = positionPrefix(path, source)
  if (prefix === '') {
    if (modification !== undefined) plain.set(path, modification)
    return undefined
  }
  inputs.set(path, prefix.length)
  return { contents: withPosition(source, prefix), loader }
}

/** File systems count time in steps: a file that changed just now may change again and keep its time. */
const settledMs = 3000

function modificationOf(path: string): string | undefined {
  const { mtimeMs, size } = statSync(path)
  return Date.now() - mtimeMs > settledMs ? `${mtimeMs}:${size}` : undefined
}
