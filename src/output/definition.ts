import { type Field, type Fields, camelCase } from '../project/fields.js'
import { type Redactor, redacted } from '../redact.js'
import { escapeLine } from './escape.js'
import { style } from './style.js'
import type { Terminal } from './terminal.js'
import { pad } from './width.js'

/** An item of the project file under the file's own field names, with what is in effect by default, without secrets. */
export function definitionDocument(fields: Fields, definition: object, redactor: Redactor): Record<string, unknown> {
  const values = definition as Readonly<Record<string, unknown>>
  const shown = Object.entries(fields).flatMap(([name, field]): [string, unknown][] => {
    const value = values[camelCase(name)]
    return value === undefined ? [] : [[name, masked(field, value, redactor)]]
  })
  const refusal = values.refusal as { readonly reason: string } | undefined
  return { ...Object.fromEntries(shown), ...(refusal && { refusal: redactor.text(refusal.reason) }) }
}

/** Writes it as rows: aligned on a screen, with tabs in a pipe. What only stands there by default is dim. */
export function writeDefinition(terminal: Terminal, fields: Fields, document: Readonly<Record<string, unknown>>): void {
  const width = Math.max(...Object.keys(document).map((name) => name.length))
  for (const [name, value] of Object.entries(document)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (!terminal.isTTY) {
      terminal.write(`${name}\t${text}\n`)
      continue
    }
    const isDefault = JSON.stringify(fields[name]?.default) === JSON.stringify(value)
    const look = name === 'refusal' ? style.red : isDefault ? style.dim : (plain: string) => plain
    terminal.line(`${style.cyan(pad(name, width))}  ${look(escapeLine(text))}`)
  }
}

function masked(field: Field, value: unknown, redactor: Redactor): unknown {
  if (field.kind === 'secret') return redacted
  if (field.kind === 'stringMap' || field.kind === 'pairs') {
    return redactor.headers(value as Readonly<Record<string, string>>)
  }
  return typeof value === 'string' ? redactor.url(value) : value
}

/** `active`, `inactive`, or why it refuses to work. */
export function stateOf(item: { readonly isActive: boolean; readonly refusal?: { readonly reason: string } }): {
  text: string
  style: (text: string) => string
} {
  if (!item.isActive) return { text: 'inactive', style: style.dim }
  return item.refusal
    ? { text: `refuses: ${item.refusal.reason}`, style: style.red }
    : { text: 'active', style: style.green }
}
