import type { ServerEvent } from '../../runtime/events.js'
import type { RunningServer } from '../../runtime/server.js'
import type { Backlog } from './backlog.js'
import type { EventHub } from './events/event-hub.js'
import type { ProjectOnDisk } from './project-on-disk.js'
import { problemViews } from './views/problems.js'
import { reloadView } from './views/state.js'

interface NewscasterParts {
  readonly server: RunningServer
  readonly backlog: Backlog
  readonly disk: ProjectOnDisk
  readonly hub: EventHub
}

/** Turns what happens in the server into the events that pages follow. */
export class Newscaster {
  readonly #parts: NewscasterParts
  readonly #stop: (() => void) | undefined
  /** What was told last of the project file. */
  #told: string
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: NewscasterParts) {
    const { backlog, hub, server } = parts
    this.#parts = parts
    this.#told = this.#key()
    this.#stop = server.inside?.onSettled(() => this.#tellProject())
    backlog.watch({ onLog: (line) => hub.sendLog(line), onEvent: (event) => this.#tell(event) })
  }

  close(): void {
    this.#parts.backlog.unwatch()
    this.#stop?.()
  }

  #tell(event: ServerEvent): void {
    const { hub, backlog, disk } = this.#parts
    if (event.type === 'reloading')
      hub.send({ type: 'reloading', files: event.files.map((file) => disk.shownFile(file)) })
    if (event.type === 'problems') this.#tellProject()
    const [reload] = backlog.reloads
    const isReload = event.type === 'reloaded' || (event.type === 'problems' && reload?.result === 'failed')
    if (isReload && reload) hub.send({ type: 'reloaded', reload: reloadView(reload, disk) })
  }

  /** One after the other, so that what is told last is what is so. */
  #tellProject(): void {
    this.#telling = this.#telling.then(() => this.#readAndTell()).catch(() => undefined)
  }

  async #readAndTell(): Promise<void> {
    const { disk, hub, server } = this.#parts
    const { revision, written } = await disk.read()
    const key = this.#key()
    if (key === this.#told) return
    this.#told = key
    const problems = problemViews(server.inside?.problems ?? [], { disk, items: written.items })
    hub.send({ type: 'config', revision, problems })
  }

  #key(): string {
    const { disk, server } = this.#parts
    return JSON.stringify([disk.revision, server.inside?.problems])
  }
}
