import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import type { AsWritten } from '../../project/as-written.js'
import { type ReadOptions, type ReadResult, readProject } from '../../project/read.js'
import { type Redactor, redactorOf } from '../../redact.js'

/** The project's files as they were at one moment. */
export interface Snapshot {
  readonly read: ReadResult
  readonly written: AsWritten
  /** Hash of the project file and what it includes. */
  readonly revision: string
  /** Their texts, by absolute path. */
  readonly texts: ReadonlyMap<string, string>
  readonly redactor: Redactor
}

const mostRemembered = 20

/** Reads the project's files whenever they are asked for, and remembers what they said before. */
export class ProjectOnDisk {
  readonly options: ReadOptions
  /** The folder of the project. */
  readonly root: string
  readonly #texts = new Map<string, ReadonlyMap<string, string>>()
  #revision = ''
  /** What could be taken apart last, for a file that cannot be. */
  #lastItems: AsWritten['items'] = []

  constructor(options: ReadOptions, root: string) {
    this.options = options
    this.root = root
  }

  /** Of what was read last. */
  get revision(): string {
    return this.#revision
  }

  async read(): Promise<Snapshot> {
    const read = await readProject(this.options)
    const found = read.written()
    const texts = new Map(found.files.map(({ path, text }) => [path, text]))
    const revision = revisionOf(texts)
    this.#revision = revision
    this.#remember(revision, texts)
    if (read.project || found.items.length > 0) this.#lastItems = found.items
    const written = { ...found, items: this.#lastItems }
    const redactor = redactorOf(read.project)
    return { read, written, revision, texts, redactor }
  }

  /** The texts of an earlier revision, if they have been read and not been forgotten since. */
  textsOf(revision: string): ReadonlyMap<string, string> | undefined {
    return this.#texts.get(revision)
  }

  /** A file as people know it: its path from the project's folder, if it lies there. */
  shownFile(file: string): string {
    const path = relative(this.root, file)
    return path === '' || path.startsWith('..') ? file : path.split(sep).join('/')
  }

  #remember(revision: string, texts: ReadonlyMap<string, string>): void {
    this.#texts.delete(revision)
    this.#texts.set(revision, texts)
    const [oldest] = this.#texts.keys()
    if (this.#texts.size > mostRemembered && oldest !== undefined) this.#texts.delete(oldest)
  }
}

function revisionOf(texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const [path, text] of texts) hash.update(JSON.stringify([path, text]))
  return hash.digest('hex').slice(0, 32)
}
