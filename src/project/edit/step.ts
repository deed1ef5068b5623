import { isDeepStrictEqual } from 'node:util'
import { type Document, type Node, type Pair, isMap, isScalar, isSeq } from 'yaml'
import { UsageError } from '../../errors.js'
import { type Edit, indexOfItem, isMapping, itemsOf, withoutUndefined } from './model.js'
import { type Collection, hasCommentInside } from './positions.js'

/** An edit taken apart into changes of one entry each, in the order in which they are made. */

export type Path = readonly (string | number)[]

export type Step =
  | { readonly kind: 'replace'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'addKey'; readonly path: Path; readonly key: string; readonly value: unknown }
  | { readonly kind: 'addElement'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: Path }

type Mapping = Readonly<Record<string, unknown>>

/** The changes that an edit asks of a file; none if the file says so already. */
export function stepsOf(document: Document.Parsed, root: unknown, edit: Edit): Step[] {
  const { section } = edit
  if (edit.kind === 'append') return appendSteps(document, root, edit)
  const item = [section, indexOfItem(root, edit)]
  if (edit.kind === 'remove') return [{ kind: 'remove', path: item }]
  const fields = itemsOf(root, section)[indexOfItem(root, edit)] as Mapping
  const path = [...item, edit.field]
  const isPresent = Object.hasOwn(fields, edit.field)
  if (edit.kind === 'unset' && !isPresent) refuseMerged(fields, edit.field)
  if (edit.kind === 'unset') return isPresent ? [{ kind: 'remove', path }] : []
  const value = withoutUndefined(edit.value)
  if (!isPresent) return [{ kind: 'addKey', path: item, key: edit.field, value }]
  return changeSteps({ document, path }, fields[edit.field], value)
}

/** @throws UsageError ZU008 for a field that comes from elsewhere */
function refuseMerged(fields: Mapping, field: string): void {
  const sources = [fields['<<']].flat()
  if (!sources.some((source) => isMapping(source) && Object.hasOwn(source, field))) return
  throw new UsageError('ZU008', `The field "${field}" is merged in with "<<"`, { hint: 'change the file by hand' })
}

function appendSteps(document: Document.Parsed, root: unknown, edit: Edit & { kind: 'append' }): Step[] {
  const { section } = edit
  const item = withoutUndefined(edit.item)
  if (itemsOf(root, section).length > 0) return [{ kind: 'addElement', path: [section], value: item }]
  const isPresent = isMapping(root) && Object.hasOwn(root, section)
  // `[]` becomes indented lines, but for one with a comment in it.
  const list = collectionAt(document, [section])
  if (list && hasCommentInside(list)) return [{ kind: 'addElement', path: [section], value: item }]
  if (isPresent) return [{ kind: 'replace', path: [section], value: [item] }]
  return [{ kind: 'addKey', path: [], key: section, value: [item] }]
}

interface Place {
  readonly document: Document.Parsed
  readonly path: Path
}

/** The smallest changes that turn one value into another: entries that stay keep their comments and quotes. */
function changeSteps(place: Place, old: unknown, value: unknown): Step[] {
  if (isDeepStrictEqual(old, value)) return []
  const collection = collectionAt(place.document, place.path)
  if (isMap(collection) && isMapping(old) && isMapping(value) && hasEntries(old, value)) {
    return mappingSteps(place, old, value)
  }
  if (isSeq(collection) && Array.isArray(old) && Array.isArray(value) && hasEntries(old, value)) {
    return listSteps(place, old, value)
  }
  return [{ kind: 'replace', path: place.path, value }]
}

function hasEntries(...values: readonly object[]): boolean {
  return values.every((value) => Object.keys(value).length > 0)
}

function mappingSteps({ document, path }: Place, old: Mapping, value: Mapping): Step[] {
  const kept = Object.keys(value).filter((key) => Object.hasOwn(old, key))
  const added = Object.keys(value).filter((key) => !Object.hasOwn(old, key))
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(value, key))
  return [
    ...kept.flatMap((key) => changeSteps({ document, path: [...path, key] }, old[key], value[key])),
    ...added.map((key): Step => ({ kind: 'addKey', path, key, value: value[key] })),
    ...gone.map((key): Step => ({ kind: 'remove', path: [...path, key] })),
  ]
}

/** Elements are compared from the front and, where some go, from the back. */
function listSteps({ document, path }: Place, old: readonly unknown[], value: readonly unknown[]): Step[] {
  const surplus = Math.max(0, old.length - value.length)
  const front = value.findIndex((one, index) => !isDeepStrictEqual(one, old[index]))
  const cut = front === -1 ? value.length : front
  let back = 0
  while (back < value.length - cut && isDeepStrictEqual(value.at(-1 - back), old.at(-1 - back))) back++
  const removed = surplus > 0 ? old.length - back - surplus : old.length
  const rest = old.toSpliced(removed, surplus)
  return [
    ...Array.from({ length: surplus }, (_, i): Step => ({
      kind: 'remove',
      path: [...path, removed + surplus - 1 - i],
    })),
    ...rest.flatMap((one, index) => replaceElement({ document, path }, index, one, value[index])),
    ...value.slice(old.length).map((one): Step => ({ kind: 'addElement', path, value: one })),
  ]
}

function replaceElement({ path }: Place, index: number, old: unknown, value: unknown): Step[] {
  return isDeepStrictEqual(old, value) ? [] : [{ kind: 'replace', path: [...path, index], value }]
}

/** The list or mapping at a path; undefined if there is none, or an alias stands on the way. */
export function collectionAt(document: Document.Parsed, path: Path): Collection | undefined {
  let node: unknown = document.contents
  for (const key of path) node = childOf(node, key)
  return isMap(node) || isSeq(node) ? node : undefined
}

/** The node below a list or mapping; keys are compared as plain values name them. */
export function childOf(node: unknown, key: string | number): Node | undefined {
  if (isSeq(node)) return node.items[Number(key)] as Node | undefined
  const pair = isMap(node) ? node.items[indexOfKey(node, key)] : undefined
  return (pair as Pair<unknown, Node | null> | undefined)?.value ?? undefined
}

/** Where an entry stands in its list or mapping; -1 if it does not. */
export function indexOfKey(collection: Collection, key: string | number): number {
  if (isSeq(collection)) return Number(key)
  return collection.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key)
}
