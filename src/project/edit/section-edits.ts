import { type Node, isMap } from 'yaml'
import { blankLines, endOfLines, removeEntry, takesBlankLines } from './block-edits.js'
import { addToFlow } from './flow-edits.js'
import { type Layout, gapAbove } from './layout.js'
import {
  blankLinesAbove,
  columnOf,
  commentRunAbove,
  deeperCommentsEnd,
  isComment,
  lineAfter,
  lineAt,
  lineEnd,
  lineStart,
} from './lines.js'
import { type Collection, type Entry, endOf, endOfToken, entryAt, isFlow, isProperty, lastEntry } from './positions.js'
import { type Splice, insertLines, replaceLines } from './splice.js'
import { indexOfKey } from './step.js'
import { indented, inlineEntry, mappingLines } from './value-text.js'
import type { YamlSource } from './yaml-source.js'

/** Whole sections that come with their first item and go with their last. */

interface NewSection {
  readonly key: string
  readonly value: unknown
}

/** A section at the end of the file, above its blank lines and a `...`. */
export function addSection(source: YamlSource, layout: Layout, { key, value }: NewSection): Splice[] | undefined {
  const { text, document } = source
  const root = isMap(document.contents) ? document.contents : undefined
  if (!root && !isEmpty(document.contents)) return undefined
  if (root && isFlow(root)) return addToFlow(text, root, inlineEntry([key, value], layout))
  const end = root ? lineAfter(text, endOf(root)) : 0
  const marker = /^\.\.\.(?=\s|$)/m.exec(text.slice(end))
  const at = endOfLines(marker ? text.slice(0, end + marker.index) : text, end)
  const first = root && entryAt(root, 0)
  const lines = mappingLines({ [key]: value }, { ...layout, listIndent: layout.sectionIndent })
  const last = root && lastEntry(root)
  const gap = last && takesBlankLines(text, last, at) ? [] : blankLines(sectionGap(text, root, at))
  return [insertLines(text, at, [...gap, ...indented(lines, first ? columnOf(text, first.start) : 0)])]
}

/** Whether a file holds nothing but comments and `---`. */
function isEmpty(root: Node | null): boolean {
  return !root?.range || root.range[0] === root.range[1]
}

/** As between the sections before; a comment above must not look as if it spoke of the new section. */
function sectionGap(text: string, root: Collection | undefined, at: number): number {
  if (at === 0) return 0
  const usual = root ? (gapAbove(text, root, root.items.length - 1) ?? 1) : 1
  return isComment(lineAt(text, at - 1)) ? Math.max(1, usual) : usual
}

/**
 * Takes the only item out of its section: the section goes with it, unless comments speak of it; then `[]` stays.
 */
export function removeOnlyItem(
  { text, document }: YamlSource,
  list: Collection,
  section: string,
): Splice[] | undefined {
  const root = document.contents
  if (!isMap(root) || isFlow(root)) return undefined
  const index = indexOfKey(root, section)
  const [whole, item] = [entryAt(root, index), entryAt(list, 0)]
  if (!whole || !item) return undefined
  const lines = itemLines(text, item)
  return hasOwnComments(text, whole, lines)
    ? emptySection(text, whole, lines)
    : removeEntry({ text, collection: root }, index)
}

interface Lines {
  readonly from: number
  readonly to: number
}

function itemLines(text: string, item: Entry): Lines {
  const column = columnOf(text, item.start)
  return {
    from: commentRunAbove(text, lineStart(text, item.start), { column, floor: 0 }),
    to: deeperCommentsEnd(text, lineAfter(text, item.end), column),
  }
}

function hasOwnComments(text: string, section: Entry, item: Lines): boolean {
  const start = lineStart(text, section.start)
  const above = start > 0 && isComment(lineAt(text, start - 1))
  const inside = text.slice(section.indicatorEnd, item.from).includes('#')
  return above || inside || deeperCommentsEnd(text, item.to, columnOf(text, section.start)) > item.to
}

function emptySection(text: string, section: Entry, { from, to }: Lines): Splice[] {
  const property = section.before.findLast(isProperty)
  const at = property ? endOfToken(property) : (section.indicatorEnd ?? 0)
  const above = blankLinesAbove(text, from, lineEnd(text, at))
  return [{ from: at, to: at, text: ' []' }, replaceLines(text, { from: above.from, to }, [])]
}
