import { redactorOf } from '../redact.js'
import { definitionDocument, writeDefinition } from '../output/definition.js'
import { writeJson } from '../output/json.js'
import { shownPath } from '../output/problems.js'
import type { Fields } from '../project/fields.js'
import type { Project } from '../project/project.js'
import type { ReadResult } from '../project/read.js'
import type { SectionName } from '../project/sections.js'
import type { Context } from './context.js'
import { sayMore } from './say.js'

export interface ShownItem {
  readonly section: SectionName
  readonly fields: Fields
  readonly definition: { readonly name: string }
}

/** Prints one item of the project file with all that is in effect, and says where it stands. */
export function showDefinition(
  context: Context,
  loaded: ReadResult & { readonly project: Project },
  { section, fields, definition }: ShownItem,
): void {
  const document = definitionDocument(fields, definition, redactorOf(loaded.project))
  const found = loaded.place(section, definition.name)
  if (context.json) {
    writeJson(context.out, { v: 1, ...document, ...(found && { file: found.file, line: found.line }) })
    return
  }
  writeDefinition(context.out, fields, document)
  if (found) sayMore(context, `${shownPath(found.file, context.cwd)}:${found.line}`)
}
