import type { ReadOptions } from '../read.js'
import type { Edit } from './edit.js'

export interface EditProjectOptions extends ReadOptions {
  readonly edits: readonly Edit[]
  /** Finds out what would be written, and writes nothing. */
  readonly dryRun?: boolean | undefined
}

export interface EditedProject {
  /** Absolute path of the file that holds the item. */
  readonly file: string
  readonly before: string
  readonly after: string
  /** Unified diff; empty if nothing changes. */
  readonly diff: string
  /** From 1: where the last edit stands in the new text. */
  readonly line: number
  /** Whether the file was laid out anew. */
  readonly reprinted: boolean
}

export function editProject(options: EditProjectOptions): Promise<EditedProject> {
  return Promise.reject(new Error(options.file))
}
