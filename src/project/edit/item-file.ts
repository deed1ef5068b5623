import { basename } from 'node:path'
import { UsageError } from '../../errors.js'
import { type ReadOptions, type ReadResult, readProject } from '../read.js'
import type { SectionName } from '../sections.js'
import type { Edit } from './edit.js'
import { readText } from './file-text.js'
import { isMapping } from './model.js'
import { readIfValid } from './yaml-source.js'

/**
 * The file that edits belong to: the one that holds the item. A new item goes to the project file if its section is
 * there or nowhere, else to the first included file that has it.
 *
 * @throws UsageError ZU001 if it is more than one file: several cannot be written at once
 */
export async function fileOfEdits(edits: readonly Edit[], options: ReadOptions): Promise<string> {
  const result = await readProject(options)
  const found = await Promise.all(edits.map((edit) => fileOfEdit(edit, result, options)))
  const files = new Set(found.filter((file) => file !== undefined))
  const [file = options.file] = files
  if (files.size <= 1) return file
  const names = [...files].map((one) => `"${one}"`).join(' and ')
  throw new UsageError('ZU001', `The edits belong to more than one file: ${names}`, { hint: 'make them one by one' })
}

/** Undefined for an item that is in no file yet, such as one that an earlier edit adds. */
async function fileOfEdit(edit: Edit, result: ReadResult, options: ReadOptions): Promise<string | undefined> {
  if (edit.kind !== 'append') return result.place(edit.section, edit.name)?.file
  const files = result.sources.filter((file) => file !== options.file && !basename(file).startsWith('.env'))
  if (await holdsSection(options.file, edit.section, options)) return options.file
  for (const file of files) if (await holdsSection(file, edit.section, options)) return file
  return options.file
}

async function holdsSection(file: string, section: SectionName, { texts }: ReadOptions): Promise<boolean> {
  const text = texts?.get(file) ?? (await readText(file).catch(() => ''))
  const root = readIfValid(text.replace(/^\ufeff/, ''))?.root
  return isMapping(root) && Object.hasOwn(root, section)
}
