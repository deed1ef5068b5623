import type { LogSink } from '../log.js'
import type { Kept } from '../outgoing/kept.js'
import { ProjectError } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { Redactor } from '../redact.js'
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
  /** `onEvent` is told of calls that failed, not of those that succeeded: who looks at no other need not pay for them. */
  readonly onlyFailedCalls?: boolean | undefined
  /** Where fetched tokens and the like are kept; with the services, unless given. */
  readonly kept?: Kept | undefined
  readonly onSpans?: SpanSink | undefined
  /** What services write to them past the logger becomes log lines. */
  readonly streams?: OutputStreams | undefined
  /** Learns the tokens that are fetched; one of its own by default. */
  readonly redactor?: Redactor | undefined
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
  const folder = await createPrivateFolder()
  try {
    const bundle = await bundleOnce(project, folder.path)
    const host = new SameProcessHost({ folder: folder.path, ...sinks })
    const { services, problems } = await host.load({ project, bundle })
    if (problems.length === 0) return { host, services }
    await host.close({ drainMs: 0 })
    throw new ProjectError(problems)
  } finally {
    await folder.remove()
  }
}

async function bundleOnce(project: Project, scratch: string): Promise<Bundle> {
  const bundler = new Bundler(project, { scratch })
  try {
    const { bundle, problems } = await bundler.build()
    if (!bundle) throw new ProjectError(problems)
    return bundle
  } finally {
    await bundler.close()
  }
}
