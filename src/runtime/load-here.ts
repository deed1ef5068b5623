import type { LogSink } from '../log.js'
import { ProjectError } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { ServiceInfo } from '../service/registry.js'
import type { TraceSink } from '../trace/events.js'
import type { SpanSink } from '../trace/recorder.js'
import { type Bundle, Bundler } from './bundle.js'
import { createPrivateFolder } from './private-folder.js'
import { SameProcessHost } from './same-process-host.js'
import type { OutputStreams } from './stray-output.js'

interface LoadHereOptions {
  readonly project: Project
  readonly logSink: LogSink
  readonly onEvent?: TraceSink | undefined
  readonly onSpans?: SpanSink | undefined
  /** What services write to them past the logger becomes log lines. */
  readonly streams?: OutputStreams | undefined
}

export interface LoadedHere {
  readonly host: SameProcessHost
  readonly services: readonly ServiceInfo[]
}

/**
 * Loads the services of a project into this process, once and for all. Nothing is left on disk, and no bundler running.
 *
 * @throws ProjectError if they do not compile or load
 */
export async function loadHere({ project, ...sinks }: LoadHereOptions): Promise<LoadedHere> {
  const bundle = await bundleOnce(project)
  const folder = await createPrivateFolder()
  const host = new SameProcessHost({ folder: folder.path, ...sinks })
  try {
    const { services, problems } = await host.load({ project, bundle })
    if (problems.length === 0) return { host, services }
    await host.close({ drainMs: 0 })
    throw new ProjectError(problems)
  } finally {
    await folder.remove()
  }
}

async function bundleOnce(project: Project): Promise<Bundle> {
  const bundler = new Bundler(project)
  try {
    const { bundle, problems } = await bundler.build()
    if (!bundle) throw new ProjectError(problems)
    return bundle
  } finally {
    await bundler.close()
  }
}
