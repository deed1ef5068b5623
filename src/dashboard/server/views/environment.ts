import type { VariableUse } from '../../../project/as-written.js'
import { environmentSources } from '../../../project/env-sources.js'
import { itemNouns } from '../../../project/sections.js'
import type { EnvironmentView } from '../../shared/api.js'
import type { Facts } from './facts.js'

/** The variables that the project's files refer to, by name: whether they are set and where, never to what. */
export async function environmentViews({ written, disk }: Facts): Promise<EnvironmentView[]> {
  const { env, envName: name } = disk.options
  const sources = await environmentSources(disk.root, { env, name })
  const names = [...new Set(written.variables.map((use) => use.name))].sort()
  return names.map((variable) => {
    const uses = written.variables.filter((use) => use.name === variable)
    const hasDefault = uses.every((use) => use.hasDefault)
    const source = sources.get(variable) ?? (hasDefault ? 'default' : undefined)
    return {
      name: variable,
      isSet: sources.has(variable),
      ...(source !== undefined && { source }),
      usedBy: [...new Set(uses.map(userName))],
    }
  })
}

function userName({ section, item }: VariableUse): string {
  const noun = Object.hasOwn(itemNouns, section) ? itemNouns[section as keyof typeof itemNouns] : section
  return item === undefined ? noun : `${noun} "${item}"`
}
