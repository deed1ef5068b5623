import { isMap, isSeq } from 'yaml'
import { addElement, addKey, removeEntry } from './block-edits.js'
import { addToFlow, removeFromFlow } from './flow-edits.js'
import { type Layout, layoutOf } from './layout.js'
import { type Collection, entryAt, isFlow } from './positions.js'
import { replaceValue } from './replace-value.js'
import { addSection, removeOnlyItem } from './section-edits.js'
import { applySplices, type Splice } from './splice.js'
import { type Path, type Step, collectionAt, indexOfKey } from './step.js'
import { inlineEntry, inlineText } from './value-text.js'
import type { YamlSource } from './yaml-source.js'

/** The text after one change, in the layout of the file but for `habits`; undefined if no local change makes it. */
export function applyStep(source: YamlSource, step: Step, habits: Partial<Layout>): string | undefined {
  const splices = splicesOf(source, step, { ...layoutOf(source.text, source.document), ...habits })
  return splices && applySplices(source.text, splices)
}

function splicesOf(source: YamlSource, step: Step, layout: Layout): Splice[] | undefined {
  if (step.kind === 'addKey' && step.path.length === 0) return addSection(source, layout, step)
  const path = step.kind === 'addKey' || step.kind === 'addElement' ? step.path : step.path.slice(0, -1)
  const collection = collectionAt(source.document, path)
  if (!collection) return undefined
  const target = { text: source.text, collection, layout }
  switch (step.kind) {
    case 'addKey':
      if (!isMap(collection)) return undefined
      if (isFlow(collection)) return addToFlow(source.text, collection, inlineEntry([step.key, step.value], layout))
      return addKey(target, step.key, step.value)
    case 'addElement':
      if (!isSeq(collection)) return undefined
      if (isFlow(collection)) return addToFlow(source.text, collection, inlineText(step.value, layout, { flow: true }))
      return addElement(target, step.value, path.length === 1 ? layout.itemGap : 0)
    case 'replace':
      return replaceIn(target, step)
    case 'remove':
      return removeIn({ source, target }, step.path)
  }
}

interface Target {
  readonly text: string
  readonly collection: Collection
  readonly layout: Layout
}

function replaceIn(
  { text, collection, layout }: Target,
  { path, value }: Step & { kind: 'replace' },
): Splice[] | undefined {
  const entry = entryAt(collection, indexOfKey(collection, path.at(-1) ?? ''))
  if (!entry) return undefined
  return replaceValue({ text, entry, value, layout, inFlow: isFlow(collection), isElement: isSeq(collection) })
}

function removeIn({ source, target }: { source: YamlSource; target: Target }, path: Path): Splice[] | undefined {
  const { text, collection } = target
  const index = indexOfKey(collection, path.at(-1) ?? '')
  if (isFlow(collection)) return removeFromFlow(text, collection, index)
  if (collection.items.length > 1) return removeEntry(target, index)
  return path.length === 2 ? removeOnlyItem(source, collection, String(path[0])) : undefined
}
