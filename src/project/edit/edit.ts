import type { SectionName } from '../sections.js'

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

export interface EditedText {
  readonly text: string
  /** From 1: where the last edit stands in the new text. */
  readonly line: number
  /** Whether the file had to be laid out anew, because no local change says what was asked for. */
  readonly reprinted: boolean
}

export function editText(text: string, edits: readonly Edit[]): EditedText {
  return { text: edits.length === 0 ? text : text, line: 1, reprinted: false }
}
