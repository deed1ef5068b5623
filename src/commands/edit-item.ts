import { UsageError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import type { Edit } from '../project/edit/edit.js'
import type { Fields } from '../project/fields.js'
import type { SectionName } from '../project/sections.js'
import type { Context } from './context.js'
import { applyEdits } from './edits.js'
import { sayDone } from './say.js'

export interface ItemEdit {
  readonly section: SectionName
  /** What people call an item of the section. */
  readonly noun: string
  readonly item: string
  /** Fields of the file, and their new values. */
  readonly set: Readonly<Record<string, unknown>>
  /** Fields, or flags, that go. */
  readonly unset: readonly string[]
  readonly fields: Fields
  /** Flags whose name is not that of their field. */
  readonly flagFields: Readonly<Record<string, string>>
  readonly rename: string | undefined
  readonly dryRun: boolean | undefined
}

/** Changes one item of the project file; gives whether anything was written. */
export async function editItem(context: Context, change: ItemEdit): Promise<boolean> {
  const { section, noun, item, dryRun } = change
  const edits = editsOf(change)
  if (edits.length === 0) {
    throw new UsageError('ZU001', `Nothing to change in ${noun} "${item}"`, {
      hint: 'name a field, such as --timeout 10',
    })
  }
  const place = await applyEdits(context, { edits, dryRun })
  if (place === undefined) return false
  sayDone(context, `Changed ${noun} "${item}" at ${place} (${section})`)
  return true
}

/** The new name comes last: until then the item is found by its old one. */
function editsOf({ section, item, set, unset, fields, flagFields, rename }: ItemEdit): Edit[] {
  const at = { section, name: item }
  return [
    ...Object.entries(set).map(([field, value]): Edit => ({ kind: 'set', ...at, field, value })),
    ...unset.map((name): Edit => ({ kind: 'unset', ...at, field: fieldNamed(flagFields[name] ?? name, fields) })),
    ...(rename === undefined || rename === item ? [] : [{ kind: 'set', ...at, field: 'name', value: rename } as const]),
  ]
}

function fieldNamed(name: string, fields: Fields): string {
  if (Object.hasOwn(fields, name)) return name
  throw new UsageError('ZU001', `Unknown field "${name}"`, {
    hint: didYouMean(name, Object.keys(fields)) ?? 'use the names of zato.yaml, such as timeout',
  })
}
