import type { LogEntry } from '../../log.js'
import type { ServerEvent } from '../../runtime/events.js'
import type { LogLine, ReloadView } from '../shared/api.js'

const mostLines = 5000
const mostCharacters = 16 * 1024 * 1024
/** Of a message, and of its details. */
const longestText = 16 * 1024
const mostReloads = 50

/**
 * What the dashboard shows of the time before it was looked at. It is told of everything from the first moment on, when
 * nothing else of the dashboard has been loaded, so it only remembers.
 */
export class Backlog {
  #lines: LogLine[] = []
  #lastLine = 0
  #characters = 0
  #reloads: readonly ReloadView[] = []
  #reloading: readonly string[] | undefined
  #onLog: ((line: LogLine) => void) | undefined
  #onEvent: ((event: ServerEvent) => void) | undefined

  /** Files whose change is being loaded; undefined while none is. */
  get reloading(): readonly string[] | undefined {
    return this.#reloading
  }

  /** Newest first. */
  get reloads(): readonly ReloadView[] {
    return this.#reloads
  }

  /** How many lines are not kept any more. */
  get removedLines(): number {
    return this.#lastLine - Math.min(this.#lines.length, mostLines)
  }

  log(entry: LogEntry): void {
    this.#lastLine += 1
    const line = lineOf(entry, this.#lastLine)
    this.#lines.push(line)
    this.#characters += sizeOf(line)
    if (this.#lines.length >= mostLines + 1000 || this.#characters > mostCharacters) this.#cut()
    this.#onLog?.(line)
  }

  event(event: ServerEvent): void {
    const startedAt = this.#reloading
    if (event.type === 'reloading') this.#reloading = event.files
    if (event.type === 'reloaded') this.#remember({ ...event, result: 'served' })
    if (event.type === 'problems') {
      const fatal = event.problems.find(({ severity, scope }) => severity === 'error' && scope === 'project')
      if (fatal) this.#remember({ files: startedAt ?? [fatal.file], ms: 0, result: 'failed', message: fatal.message })
    }
    this.#onEvent?.(event)
  }

  /** Lines after this one, oldest first. */
  lines(after = 0): readonly LogLine[] {
    const kept = this.#lines.slice(-mostLines)
    return after === 0 ? kept : kept.filter(({ seq }) => seq > after)
  }

  /** Tells of what happens from now on. */
  watch(listeners: { readonly onLog: (line: LogLine) => void; readonly onEvent: (event: ServerEvent) => void }): void {
    this.#onLog = listeners.onLog
    this.#onEvent = listeners.onEvent
  }

  unwatch(): void {
    this.#onLog = undefined
    this.#onEvent = undefined
  }

  /** Now and then, and then many in one go. */
  #cut(): void {
    const half = this.#characters > mostCharacters ? Math.ceil(this.#lines.length / 2) : mostLines
    this.#lines = this.#lines.slice(-half)
    this.#characters = this.#lines.reduce((sum, line) => sum + sizeOf(line), 0)
  }

  #remember({ files, ms, result, message }: Omit<ReloadView, 'at'>): void {
    this.#reloading = undefined
    const view: ReloadView = {
      at: Date.now(),
      ms: Math.round(ms),
      files,
      result,
      ...(message !== undefined && { message }),
    }
    this.#reloads = [view, ...this.#reloads].slice(0, mostReloads)
  }
}

/** The server's own lines carry the correlation id among their fields. */
function lineOf({ time, level, message, service, fields, ...entry }: LogEntry, seq: number): LogLine {
  const { cid: carried, ...others } = fields ?? {}
  const cid = entry.cid ?? (typeof carried === 'string' ? carried : undefined)
  const shown = cid === carried ? others : fields
  const details = shown && Object.keys(shown).length > 0 ? JSON.stringify(shown, undefined, 2) : undefined
  return {
    seq,
    at: time,
    level,
    message: message.slice(0, longestText),
    ...(details !== undefined && { details: details.slice(0, longestText) }),
    ...(cid !== undefined && { cid }),
    ...(service !== undefined && { service }),
  }
}

function sizeOf({ message, details = '' }: LogLine): number {
  return message.length + details.length + 100
}
