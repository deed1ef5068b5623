import { escapeLine } from './escape.js'
import { type Style, style } from './style.js'
import type { Terminal } from './terminal.js'
import { cut, displayWidth, pad } from './width.js'

export interface Cell {
  readonly text: string
  readonly style: Style
}

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly (string | Cell)[])[]
}

const gap = 2
const narrowest = 6

/**
 * Writes a table: on a screen aligned, with a head, cut to its width; in a pipe one row a line, cells between tabs, whole.
 */
export function writeTable(terminal: Terminal, { head, rows }: Table): void {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell, style: plain } : cell)))
  if (terminal.isTTY) writeAligned(terminal, head, cells)
  else for (const row of cells) terminal.write(`${row.map(({ text }) => oneCell(text)).join('\t')}\n`)
}

function writeAligned(terminal: Terminal, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const texts = rows.map((row) => row.map(({ text }) => escapeLine(text)))
  const natural = head.map((title, column) =>
    Math.max(...[title, ...texts.map((row) => row[column] ?? '')].map(displayWidth)),
  )
  const widths = fit(natural, terminal.width)
  const line = (parts: readonly string[], styles: readonly Style[]) =>
    parts
      .map((part, column) => {
        const width = widths[column] ?? 0
        const text = cut(part, width, terminal.symbols.more)
        const styled = (styles[column] ?? plain)(text)
        return column === parts.length - 1 ? styled : pad(styled, width + gap)
      })
      .join('')
  terminal.line(
    line(
      head,
      head.map(() => style.dim),
    ),
  )
  for (const [index, row] of rows.entries()) {
    terminal.line(
      line(
        texts[index] ?? [],
        row.map((cell) => cell.style),
      ),
    )
  }
}

/** Takes columns from the widest until all fit. */
function fit(natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1) - width
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.indexOf(widest)] = widest - 1
    excess -= 1
  }
  return widths
}

/** A tab or a line end inside a cell would shift the columns. */
function oneCell(text: string): string {
  return text.replaceAll('\t', '\\t').replaceAll('\r', '\\r').replaceAll('\n', '\\n')
}

function plain(text: string): string {
  return text
}
