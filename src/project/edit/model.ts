import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import { type SectionName, itemNouns } from '../sections.js'

/** What an edit is, and what it means on plain values: the answer that the edited text must give. */

/** One change of the project file, in the words of the file (snake_case). */
export type Edit =
  | { readonly kind: 'append'; readonly section: SectionName; readonly item: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'set'
      readonly section: SectionName
      readonly name: string
      readonly field: string
      readonly value: unknown
    }
  | { readonly kind: 'unset'; readonly section: SectionName; readonly name: string; readonly field: string }
  | { readonly kind: 'remove'; readonly section: SectionName; readonly name: string }

type Mapping = Readonly<Record<string, unknown>>

/** The value of the file after an edit. Nothing of `root` is changed. */
export function applyEdit(root: unknown, edit: Edit): unknown {
  const file = mappingOf(root)
  const items = itemsOf(root, edit.section)
  if (edit.kind === 'unset' && edit.field === 'name') {
    throw new UsageError('ZU001', 'The name of an item cannot be left out', { hint: 'give it another name' })
  }
  if (edit.kind === 'append') return { ...file, [edit.section]: [...items, withoutUndefined(edit.item)] }
  const index = indexOfItem(root, edit)
  if (edit.kind === 'remove') return { ...file, [edit.section]: items.toSpliced(index, 1) }
  const item = fieldChanged(items[index] as Mapping, edit)
  return { ...file, [edit.section]: items.with(index, item) }
}

function fieldChanged(item: Mapping, edit: Edit & { kind: 'set' | 'unset' }): Mapping {
  if (edit.kind === 'set') return { ...item, [edit.field]: withoutUndefined(edit.value) }
  return Object.fromEntries(Object.entries(item).filter(([field]) => field !== edit.field))
}

/** Whether a file says what it should after an edit; a section without items may be empty or gone. */
export function isAnswer(root: unknown, wanted: unknown, { section }: Edit): boolean {
  return isDeepStrictEqual(withoutEmpty(root, section), withoutEmpty(wanted, section))
}

function withoutEmpty(root: unknown, section: SectionName): unknown {
  if (itemsOf(root, section).length > 0) return root
  return Object.fromEntries(Object.entries(mappingOf(root)).filter(([key]) => key !== section))
}

/**
 * The items of a section; none if it is missing or empty.
 *
 * @throws UsageError ZC104 if it is no list
 */
export function itemsOf(root: unknown, section: SectionName): readonly unknown[] {
  const items = mappingOf(root)[section] ?? []
  if (Array.isArray(items)) return items
  throw new UsageError('ZC104', `The section "${section}" is not a list`, { hint: `write its items as "- name: …"` })
}

/**
 * Where the item of this name stands in its section.
 *
 * @throws UsageError ZU003 with the closest names
 */
export function indexOfItem(root: unknown, { section, name }: { section: SectionName; name: string }): number {
  const items = itemsOf(root, section)
  const index = items.findIndex((item) => nameOf(item) === name)
  if (index !== -1) return index
  const hint = didYouMean(
    name,
    items.map(nameOf).filter((one) => one !== undefined),
  )
  throw new UsageError('ZU003', `Unknown ${itemNouns[section]} "${name}"`, { hint })
}

/** A value as YAML can carry it: keys whose value is undefined are left out. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : withoutUndefined(one)))
  if (!isMapping(value)) return value
  const present = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(present.map(([key, one]) => [key, withoutUndefined(one)]))
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mappingOf(root: unknown): Mapping {
  if (isMapping(root)) return root
  if (root === null || root === undefined) return {}
  throw new UsageError('ZC003', 'The top level of the file is not a mapping of sections')
}

function nameOf(item: unknown): string | undefined {
  return isMapping(item) && typeof item.name === 'string' ? item.name : undefined
}
