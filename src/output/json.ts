import type { Terminal } from './terminal.js'

/** Writes one JSON document; laid out on a screen, on one line in a pipe. */
export function writeJson(terminal: Terminal, document: unknown): void {
  const text = terminal.isTTY ? JSON.stringify(document, undefined, 2) : JSON.stringify(document)
  terminal.write(`${terminal.data(text)}\n`)
}
