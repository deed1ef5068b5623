import { rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Runner } from '../exchange.js'
import { type LogSink, createLogger } from '../log.js'
import type { Kept } from '../outgoing/kept.js'
import { Outgoing } from '../outgoing/outgoing.js'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import { type Redactor, redactorOf } from '../redact.js'
import { type ServiceInfo, type ServiceModule, ServiceRegistry } from '../service/registry.js'
import { createRunner } from '../service/run.js'
import type { TraceSink } from '../trace/events.js'
import type { SpanSink } from '../trace/recorder.js'
import { loadProblem } from './load-problem.js'
import { plainEntry } from './plain-entry.js'

export interface GenerationOptions {
  readonly project: Project
  /** The bundle: JavaScript, with its source map at the end. */
  readonly code: Uint8Array
  /** Where the bundle is written to, in a folder that only this user can enter; gone once the services are loaded. */
  readonly file: string
  /** Where tokens and the like outlive this generation. */
  readonly kept?: Kept | undefined
  readonly logSink: LogSink
  readonly onEvent?: TraceSink | undefined
  /** `onEvent` is told of calls that failed, not of those that succeeded: who looks at no other need not pay for them. */
  readonly onlyFailedCalls?: boolean | undefined
  /** One of its own by default; it learns the tokens that are fetched. */
  readonly redactor?: Redactor | undefined
  readonly onSpans?: SpanSink | undefined
}

export type LoadedGeneration =
  | { readonly generation: Generation; readonly problems: readonly [] }
  | { readonly generation?: undefined; readonly problems: readonly [Problem, ...Problem[]] }

/**
 * One resolved project and one build of its services, with their connections: what answers requests, in whichever
 * process. It never changes; a change on disk makes the next one.
 */
export class Generation {
  readonly run: Runner
  readonly services: readonly ServiceInfo[]
  readonly #outgoing: Outgoing

  /** Runs the modules of the services. What fails there is a problem, never a rejection. */
  static async load(options: GenerationOptions): Promise<LoadedGeneration> {
    const { project, code, file, redactor = redactorOf(project) } = options
    const url = pathToFileURL(file).href
    try {
      writeFileSync(file, code, { mode: 0o600 })
      const registry = ServiceRegistry.from(await importModules(url))
      return { generation: new Generation(options, { registry, redactor }), problems: [] }
    } catch (error) {
      return { problems: [await loadProblem(error, { project, redactor, url, code })] }
    } finally {
      rmSync(file, { force: true })
    }
  }

  private constructor(options: GenerationOptions, parts: { registry: ServiceRegistry; redactor: Redactor }) {
    const { project, onEvent, onlyFailedCalls, onSpans, kept } = options
    const { registry, redactor } = parts
    const logSink: LogSink = (entry) => options.logSink(plainEntry(entry, redactor))
    this.services = registry.list()
    this.#outgoing = new Outgoing({ project, redactor, log: createLogger(logSink), onEvent, onlyFailedCalls, kept })
    this.run = createRunner({
      registry,
      outgoing: this.#outgoing,
      environment: project.environment,
      logSink,
      redactor,
      onSpans,
    })
  }

  /** Lets outgoing calls in flight end, then closes their connections. */
  close(): Promise<void> {
    return this.#outgoing.close()
  }
}

async function importModules(url: string): Promise<readonly ServiceModule[]> {
  const { default: modules } = (await import(url)) as { default: readonly ServiceModule[] }
  return modules
}
