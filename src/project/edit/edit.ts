import { UsageError } from '../../errors.js'
import { applyStep } from './apply-step.js'
import type { Layout } from './layout.js'
import { lineNumber } from './lines.js'
import { type Edit, applyEdit, indexOfItem, isAnswer, itemsOf } from './model.js'
import { entryAt } from './positions.js'
import { reprint } from './reprint.js'
import { refuseSharedNodes } from './shared-nodes.js'
import { type Path, collectionAt, indexOfKey, stepsOf } from './step.js'
import { type YamlSource, readIfValid, readSource } from './yaml-source.js'

export type { Edit } from './model.js'

export interface EditedText {
  readonly text: string
  /** From 1: where the last edit stands in the new text. */
  readonly line: number
  /** Whether the file had to be laid out anew, because no local change says what was asked for. */
  readonly reprinted: boolean
}

/**
 * Edits the text of a project file and leaves everything else in it as it is: comments, blank lines, quotes, anchors,
 * order, line breaks. What comes out is parsed again and says exactly what the edits say, or nothing comes out.
 *
 * @throws UsageError ZC001 to ZC005 for a text that does not parse, ZC104 for a section that is no list
 * @throws UsageError ZU003 for an unknown item, ZU008 where an anchor or alias would carry the edit further
 */
export function editText(text: string, edits: readonly Edit[]): EditedText {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  let source = readSource(text.slice(mark.length))
  let line = 1
  let reprinted = false
  for (const edit of edits) {
    // A comment that would come to lie in a text of several lines becomes part of it: quotes keep it out.
    const edited =
      spliceEdit(source, edit) ?? spliceEdit(source, edit, { literals: false }) ?? reprintEdit(source, edit)
    line = lineOf(source, edited.source, edit)
    reprinted ||= edited.reprinted
    source = edited.source
  }
  return { text: mark + source.text, line, reprinted }
}

interface Edited {
  readonly source: YamlSource
  readonly reprinted: boolean
}

/** The edit as local changes of the text; undefined if they do not give the answer that the edit means. */
function spliceEdit(source: YamlSource, edit: Edit, habits: Partial<Layout> = {}): Edited | undefined {
  let now: YamlSource | undefined = source
  for (const step of stepsOf(source.document, source.root, edit)) {
    refuseSharedNodes(now, step)
    const text = applyStep(now, step, habits)
    now = text === undefined ? undefined : readIfValid(text)
    if (!now) return undefined
  }
  return isAnswer(now.root, applyEdit(source.root, edit), edit) ? { source: now, reprinted: false } : undefined
}

function reprintEdit(source: YamlSource, edit: Edit): Edited {
  const printed = readIfValid(reprint(source.text, edit))
  const isRight = printed && isAnswer(printed.root, applyEdit(source.root, edit), edit)
  if (isRight) return { source: printed, reprinted: true }
  throw new UsageError('ZU008', 'The file is written in a way that this edit would harm', {
    hint: 'change the file by hand',
  })
}

/** Where the edit stands: its item, its field, or the place that it left. */
function lineOf(before: YamlSource, after: YamlSource, edit: Edit): number {
  const path = pathAfter(after.root, edit)
  const collection = path && collectionAt(after.document, path.slice(0, -1))
  const entry = path && collection && entryAt(collection, indexOfKey(collection, path.at(-1) ?? ''))
  return lineNumber(after.text, entry?.start ?? firstDifference(before.text, after.text))
}

function pathAfter(root: unknown, edit: Edit): Path | undefined {
  const { section, kind } = edit
  if (kind === 'remove') return undefined
  if (kind === 'append') return [section, itemsOf(root, section).length - 1]
  const name = kind === 'set' && edit.field === 'name' ? String(edit.value) : edit.name
  const item = [section, indexOfItem(root, { section, name })]
  return kind === 'set' ? [...item, edit.field] : item
}

function firstDifference(before: string, after: string): number {
  let at = 0
  while (at < after.length && before[at] === after[at]) at++
  return at
}
