import type { Problem } from '../project/problem.js'
import { KeptHere } from '../outgoing/kept.js'
import type { Project } from '../project/project.js'
import type { ServiceInfo } from '../service/registry.js'
import { Bundler } from './bundle.js'
import { ChildProcessHost } from './child-process-host.js'
import { createPrivateFolder } from './private-folder.js'
import { tooSlow } from './process-problem.js'
import { within } from './within.js'

export interface InspectedServices {
  /** None if they do not load. */
  readonly services: readonly ServiceInfo[]
  readonly problems: readonly Problem[]
}

const loadLimitMs = 30_000

/**
 * Bundles and loads the services of a project to see what they are. They load in a process of their own: whatever their
 * modules do, it does not happen to this one.
 */
export async function inspectServices({ project }: { project: Project }): Promise<InspectedServices> {
  const folder = await createPrivateFolder()
  const bundler = new Bundler(project, { scratch: folder.path })
  const host = new ChildProcessHost({ project, folder: folder.path, kept: new KeptHere(), logSink: () => undefined })
  try {
    const { bundle, problems } = await bundler.build()
    if (!bundle) return { services: [], problems }
    const loading = host.load({ project, bundle })
    if (await within(loadLimitMs, loading)) return await loading
    return { services: [], problems: [tooSlow(project, loadLimitMs)] }
  } finally {
    await Promise.all([host.kill(), bundler.close()])
    await folder.remove()
  }
}
