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
    const source = sources.get(variable)
    const users = written.variables.filter((use) => use.name === variable).map(userName)
    return {
      name: variable,
      isSet: source !== undefined,
      ...(source !== undefined && { source }),
      usedBy: [...new Set(users)],
    }
  })
}

function userName({ section, item }: VariableUse): string {
  const noun = Object.hasOwn(itemNouns, section) ? itemNouns[section as keyof typeof itemNouns] : section
  return item === undefined ? noun : `${noun} "${item}"`
}
