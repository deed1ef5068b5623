import { assembleProject } from './assemble.js'
import type { Collected, LocatedItem } from './collect.js'
import type { Project } from './project.js'
import { isFatal } from './source.js'

interface Whereabouts {
  /** Absolute path of the project file. */
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
}

/**
 * A project without the items that have mistakes, and without connections whose credentials do: nothing to be served, but what is
 * left can be checked, so that all problems are told at once. Undefined where more is wrong than items: what a file includes, say, or
 * where the services are.
 */
export function soundPart(collected: Collected, { path, environment }: Whereabouts): Project | undefined {
  const { items, settings, secrets, findings } = collected
  if (findings.some(({ finding, isOfItem }) => isFatal(finding) && !isOfItem)) return undefined
  const security = items.security.filter(isSound)
  const names: ReadonlySet<unknown> = new Set(security.map(({ name }) => name))
  const hasItsOwn = ({ values }: LocatedItem) => values.security === undefined || names.has(values.security)
  const sound = {
    security,
    groups: items.groups.filter(isSound),
    outgoing_rest: items.outgoing_rest.filter(isSound).filter(hasItsOwn),
    channel_rest: items.channel_rest.filter(isSound).filter(hasItsOwn),
  }
  return assembleProject({ path, items: sound, settings, environment, secrets })
}

function isSound({ mistakes }: LocatedItem): boolean {
  return !mistakes.some(isFatal)
}
