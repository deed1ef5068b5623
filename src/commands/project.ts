import { UsageError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { findProjectFile } from '../project/find.js'
import type { Project } from '../project/project.js'
import { type ReadOptions, type ReadResult, loadProject } from '../project/read.js'
import type { Context } from './context.js'

/** Where the project of a command is, and in which environment it is read. */
export function readOptionsOf({ cwd, configFile, envName, io }: Context): ReadOptions {
  const file = findProjectFile({ cwd, ...(configFile !== undefined && { file: configFile }) })
  return { file, env: io.env, ...(envName !== undefined && { envName }) }
}

/** Reads the project of a command; rejects with all its problems if it cannot be used. */
export function loadProjectOf(context: Context): Promise<ReadResult & { project: Project }> {
  return loadProject(readOptionsOf(context))
}

/**
 * The item of this name, exactly.
 *
 * @throws UsageError ZU003 with the closest names
 */
export function itemNamed<T extends { readonly name: string }>(items: readonly T[], name: string, noun: string): T {
  const found = items.find((item) => item.name === name)
  if (found) return found
  const names = items.map((item) => item.name)
  const all =
    names.length === 0
      ? 'there is none yet'
      : `known: ${names
          .slice(0, 8)
          .map((one) => `"${one}"`)
          .join(', ')}`
  throw new UsageError('ZU003', `Unknown ${noun} "${name}"`, { hint: didYouMean(name, names) ?? all })
}

/** @throws UsageError ZU001 if an item of this name exists */
export function requireNewName(items: readonly { readonly name: string }[], name: string, noun: string): void {
  if (!items.some((item) => item.name === name)) return
  throw new UsageError('ZU001', `The ${noun} "${name}" exists already`, { hint: 'choose another name, or edit it' })
}
