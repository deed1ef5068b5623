import { basename } from 'node:path'
import { UsageError } from '../../errors.js'
import type { ReadOptions, ReadResult } from '../read.js'
import type { SectionName } from '../sections.js'
import { readText } from './file-text.js'
import type { Edit } from './model.js'

/**
 * The file that edits belong to: the one that holds the item. A new item goes to the project file if its section is
 * there or nowhere, else to the first included file that has it.
 *
 * @throws UsageError ZU001 if it is more than one file: several cannot be written at once
 */
export async function fileOfEdits(edits: readonly Edit[], read: ReadResult, options: ReadOptions): Promise<string> {
  const found = await Promise.all(edits.map((edit) => fileOfEdit(edit, read, options)))
  const files = new Set(found.filter((file) => file !== undefined))
  const [file = options.file] = files
  if (files.size <= 1) return file
  const names = [...files].map((one) => `"${one}"`).join(' and ')
  throw new UsageError('ZU001', `The edits belong to more than one file: ${names}`, { hint: 'make them one by one' })
}

/** Undefined for an item that is in no file yet, such as one that an earlier edit adds. */
async function fileOfEdit(edit: Edit, read: ReadResult, options: ReadOptions): Promise<string | undefined> {
  if (edit.kind !== 'append') return read.place(edit.section, edit.name)?.file
  const included = read.sources.filter((file) => file !== options.file && !basename(file).startsWith('.env'))
  for (const file of [options.file, ...included]) if (await holdsSection(file, edit.section, options)) return file
  return options.file
}

/** Sections are the keys that no line above is the parent of, so that a glance at the text will do. */
async function holdsSection(file: string, section: SectionName, { texts }: ReadOptions): Promise<boolean> {
  const text = texts?.get(file) ?? (await readText(file).catch(() => ''))
  return new RegExp(`^\\ufeff?["']?${section}["']?[ \\t]*:`, 'm').test(text)
}
