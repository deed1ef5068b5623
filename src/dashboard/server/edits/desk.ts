import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ZatoError } from '../../../errors.js'
import { targetOf, writeAtomically } from '../../../project/atomic.js'
import { unifiedDiff } from '../../../project/edit/diff.js'
import type { Edit } from '../../../project/edit/edit.js'
import { type EditedProject, editProject } from '../../../project/edit/edit-project.js'
import { withLock } from '../../../project/edit/lock.js'
import { shownLines } from '../../../project/files.js'
import { type Problem, ProjectError } from '../../../project/problem.js'
import { readProject } from '../../../project/read.js'
import type { RunningServer } from '../../../runtime/server.js'
import type { AppliedReply, EditOperation, EditRequest, PreviewReply } from '../../shared/api.js'
import { ApiFailure } from '../failure.js'
import type { ProjectOnDisk, Snapshot } from '../project-on-disk.js'
import { problemViews } from '../views/problems.js'
import { fieldMessages } from './field-messages.js'
import { type FieldMessage, literalSecrets } from './literal-secrets.js'
import { editsOf } from './operations.js'

interface Undo {
  readonly file: string
  readonly before: string
  readonly after: string
}

const mostUndos = 20

/** How long a page waits to hear that what it has saved is live. */
const longestWaitMs = 30_000

/** Where pages change the project file: shown before, checked against what they had seen, and taken back if they like. */
export class EditDesk {
  readonly #disk: ProjectOnDisk
  readonly #server: RunningServer
  readonly #undos = new Map<string, Undo>()
  /** One after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(disk: ProjectOnDisk, server: RunningServer) {
    this.#disk = disk
    this.#server = server
  }

  /** What an edit would change, and what is wrong with it. Nothing is written. */
  async preview({ operations }: EditRequest): Promise<PreviewReply> {
    const snapshot = await this.#disk.read()
    const secrets = this.#literalSecrets(operations, snapshot)
    if (secrets.length > 0) return { diff: '', problems: [], fields: secrets }
    try {
      const edited = await editProject({
        ...this.#disk.options,
        edits: editsOf(operations, snapshot.written),
        dryRun: true,
      })
      return { diff: edited.diff, ...(await this.#wrongWith(edited, { operations, snapshot })) }
    } catch (error) {
      if (error instanceof ProjectError) return { diff: '', ...this.#told(error.problems, { operations, snapshot }) }
      if (error instanceof ApiFailure && error.reply.error.fields) {
        return { diff: '', problems: [], fields: error.reply.error.fields }
      }
      throw error
    }
  }

  /** @throws ApiFailure 409 if the files say something else than what the page has seen; 422 for what would be wrong */
  apply(request: EditRequest): Promise<AppliedReply> {
    return this.#inTurn(() => this.#apply(request))
  }

  /** @throws ApiFailure 404 for an edit that is not remembered, 409 if the file has changed since */
  undo(id: string): Promise<AppliedReply> {
    return this.#inTurn(() => this.#undo(id))
  }

  async #apply({ operations, baseRevision }: EditRequest): Promise<AppliedReply> {
    const snapshot = await this.#disk.read()
    if (snapshot.revision !== baseRevision) throw await this.#conflict(baseRevision, { operations, snapshot })
    const secrets = this.#literalSecrets(operations, snapshot)
    if (secrets.length > 0) throw refused('A secret does not belong in the project file', secrets)
    const edits = editsOf(operations, snapshot.written)
    const edited = await this.#write(edits, { operations, snapshot })
    if (edited.after === edited.before) return { revision: snapshot.revision, liveMs: 0, problems: [] }
    return this.#takeEffect({ file: edited.file, before: edited.before, after: edited.after })
  }

  async #write(edits: readonly Edit[], { operations, snapshot }: Asked): Promise<EditedProject> {
    try {
      return await editProject({ ...this.#disk.options, edits, expected: snapshot.texts })
    } catch (error) {
      if (error instanceof ProjectError) {
        const { problems, fields } = this.#told(error.problems, { operations, snapshot })
        const [first] = problems
        throw refused(error.message, fields, { hint: first?.hint, file: first?.file, line: first?.line })
      }
      if (!isChanged(error)) throw error
      throw await this.#conflict(snapshot.revision, { operations, snapshot: await this.#disk.read() })
    }
  }

  async #undo(id: string): Promise<AppliedReply> {
    const undo = this.#undos.get(id)
    if (!undo) throw new ApiFailure(404, { code: 'not_found', message: 'This edit cannot be undone any more' })
    const { file, before, after } = undo
    try {
      await withLock({ file: await targetOf(file) }, () => writeAtomically({ file, text: before, expected: after }))
    } catch (error) {
      if (!isChanged(error)) throw error
      throw await this.#undoConflict(undo)
    }
    this.#undos.delete(id)
    return this.#takeEffect({ file, before: after, after: before })
  }

  /** Waits until what was written answers, or has been found wanting. */
  async #takeEffect(done: Undo): Promise<AppliedReply> {
    const startedAt = Date.now()
    const undo = this.#remember(done)
    const { inside } = this.#server
    await Promise.race([inside?.changed(done.file), sleep(longestWaitMs, undefined, { ref: false })])
    const { revision, written } = await this.#disk.read()
    const problems = this.#server.inside?.problems ?? []
    const isLive = !problems.some(isFatal)
    return {
      revision,
      ...(isLive && { liveMs: this.#servedAfter(startedAt) }),
      problems: problemViews(problems, { disk: this.#disk, items: written.items }),
      undo,
    }
  }

  /** A change that alters nothing, such as a comment, is served by what was there before. */
  #servedAfter(startedAt: number): number {
    const { servedSince = 0 } = this.#server.inside ?? {}
    return Math.max(1, (servedSince >= startedAt ? servedSince : Date.now()) - startedAt)
  }

  #remember(done: Undo): string {
    const id = randomBytes(8).toString('hex')
    this.#undos.set(id, done)
    const [oldest] = this.#undos.keys()
    if (this.#undos.size > mostUndos && oldest !== undefined) this.#undos.delete(oldest)
    return id
  }

  /** Nothing was written: what has changed since, and what the edit would make of it now. */
  async #conflict(base: string, { operations, snapshot }: Asked): Promise<ApiFailure> {
    const edits = () => editsOf(operations, snapshot.written)
    const diff = await Promise.resolve()
      .then(() => editProject({ ...this.#disk.options, edits: edits(), dryRun: true }))
      .then((edited) => edited.diff)
      .catch(() => '')
    return this.#conflictOf(snapshot, { before: this.#disk.textsOf(base), diff })
  }

  async #undoConflict({ file, before, after }: Undo): Promise<ApiFailure> {
    const snapshot = await this.#disk.read()
    const texts = new Map([...snapshot.texts, [file, after] as const])
    const diff = this.#diffOf({ file, before: after, after: before }, snapshot)
    return this.#conflictOf(snapshot, { before: texts, diff })
  }

  #conflictOf(
    snapshot: Snapshot,
    { before, diff }: { before: Snapshot['texts'] | undefined; diff: string },
  ): ApiFailure {
    const changed = [...snapshot.texts].map(([file, after]) =>
      this.#diffOf({ file, before: before?.get(file) ?? after, after }, snapshot),
    )
    return new ApiFailure(409, {
      code: 'config_conflict',
      message: 'The project file was changed meanwhile',
      hint: 'nothing was written: look at what it says now, and apply the change on top of it',
      conflict: { revision: snapshot.revision, changed: changed.join(''), diff },
    })
  }

  #diffOf({ file, before, after }: Undo, { redactor }: Snapshot): string {
    const name = this.#disk.shownFile(file)
    return unifiedDiff(before, after, { name, shownLines: (text) => shownLines(text, redactor) })
  }

  #literalSecrets(operations: readonly EditOperation[], { written }: Snapshot): FieldMessage[] {
    return literalSecrets(
      operations,
      (name) => written.items.find((item) => item.section === 'security' && item.name === name)?.values.type,
    )
  }

  /** What would be wrong that is not wrong yet. */
  async #wrongWith({ file, after }: EditedProject, asked: Asked): Promise<Omit<PreviewReply, 'diff'>> {
    const { problems } = await readProject({ ...this.#disk.options, texts: new Map([[file, after]]) })
    const known = new Set(asked.snapshot.read.problems.map(identity))
    return this.#told(
      problems.filter((problem) => !known.has(identity(problem))),
      asked,
    )
  }

  #told(problems: readonly Problem[], { operations, snapshot }: Asked): Omit<PreviewReply, 'diff'> {
    const { items } = snapshot.written
    return {
      problems: problemViews(problems, { disk: this.#disk, items }),
      fields: fieldMessages(problems, operations),
    }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task)
    this.#last = done.catch(() => undefined)
    return done
  }
}

interface Asked {
  readonly operations: readonly EditOperation[]
  readonly snapshot: Snapshot
}

function refused(message: string, fields: readonly FieldMessage[], more = {}): ApiFailure {
  return new ApiFailure(422, { code: 'invalid', message, fields, ...more })
}

function isFatal({ severity, scope }: Problem): boolean {
  return severity === 'error' && scope === 'project'
}

function isChanged(error: unknown): boolean {
  return error instanceof ZatoError && error.code === 'ZU005' && error.message.includes('meanwhile')
}

/** What a problem is, wherever an edit has moved it to. */
function identity({ code, file, message }: Problem): string {
  return JSON.stringify([code, file, message.replace(/\b(line |:)\d+(:\d+)?/g, '$1')])
}
