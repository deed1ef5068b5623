import type { Logger } from '../log.js'
import type { Project } from '../project/project.js'
import { redactorOf } from '../redact.js'
import type { ServiceInfo } from '../service/registry.js'
import type { SourceRecord } from '../trace/record.js'
import { TraceStore } from '../trace/store.js'
import { Capture } from './capture/capture.js'
import { sourceOfFile } from './error-source.js'
import { TraceFile } from './trace-file.js'

/** What a server records, and keeps on disk, whose project never changes. */
export class PlainRecording {
  readonly store: TraceStore
  readonly capture: Capture
  readonly #projectFile: string
  readonly #root: string
  #sources: ReadonlyMap<string, SourceRecord> = new Map()
  #file: TraceFile | undefined

  constructor(projectFile: string, project: Project) {
    const { root, dev } = project
    const redactor = redactorOf(project)
    this.#projectFile = projectFile
    this.#root = root
    this.store = new TraceStore({ traces: dev.maxTraces, bytes: dev.maxTraceMemory })
    this.capture = new Capture(this.store, () => ({ root, redactor, sourceOf: (name) => this.#sources.get(name) }))
  }

  /** These are its services. */
  know(services: readonly ServiceInfo[]): void {
    this.#sources = new Map(services.map(({ name, file }) => [name, sourceOfFile(file, this.#root)]))
  }

  async open(log: Logger): Promise<void> {
    this.#file = await TraceFile.open(this.#projectFile, this.store, log)
  }

  async close(): Promise<void> {
    await this.#file?.flush()
  }
}
