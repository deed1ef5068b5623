import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './find-program.js'
import { benchFolder, rootFolder } from './folders.js'

/** What has to be known of a machine to compare its results with those of another; names and values. */
export type Facts = readonly (readonly [string, string])[]

export function machineFacts(): Facts {
  const [cpu] = cpus()
  return [
    ['Processor', `${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores`],
    ['Memory', `${(totalmem() / 2 ** 30).toFixed(1)} GB`],
    ['Kernel', `${type()} ${release()}`],
    ['Load before the run', `${loadavg()[0]?.toFixed(2) ?? '?'} (mean of a minute)`],
  ]
}

export function versionFacts(): Facts {
  const { devDependencies } = readJson(join(benchFolder, 'package.json'))
  const peers = Object.keys(devDependencies ?? {}).sort()
  return [
    ['Node', process.versions.node],
    ['zato-ts', `${readJson(join(rootFolder, 'package.json')).version ?? '?'}${commit()}`],
    ...peers.map((name): [string, string] => [
      name,
      readJson(join(benchFolder, 'node_modules', name, 'package.json')).version ?? '?',
    ]),
    ['nginx', programVersion('nginx', '-v')],
    ['wrk', programVersion('wrk', '-v')],
    ['curl', programVersion('curl', '--version')],
    ['HTTPie', programVersion('http', '--version')],
  ]
}

interface PackageJson {
  readonly version?: string
  readonly devDependencies?: Readonly<Record<string, string>>
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as PackageJson

/** The first thing like a version that a program prints. */
function programVersion(program: string, flag: string): string {
  const file = findProgram(program)
  if (file === undefined) return 'not installed'
  // Some print it on stderr, some end with 1 after it.
  const output = execFileSync('/bin/sh', ['-c', `"${file}" ${flag} 2>&1 || true`], { encoding: 'utf8' })
  return /\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? 'unknown'
}

/** The commit that was built, as far as git knows. */
function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: rootFolder, encoding: 'utf8', stdio: 'pipe' }).trim()
    return ` at ${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'src', 'bin') === '' ? '' : ', changed since'}`
  } catch {
    return ''
  }
}
