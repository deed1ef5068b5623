import type { Terminal } from './terminal.js'

/** Writes one JSON document; laid out on a screen, on one line in a pipe. */
export function writeJson(terminal: Terminal, document: unknown): void {
  const text = terminal.isTTY ? JSON.stringify(document, undefined, 2) : JSON.stringify(document)
  terminal.write(`${terminal.data(text)}\n`)
}

/** A value that `JSON.parse` gave, or null if it is nested too deep to be written again. */
export function writable(value: unknown): unknown {
  try {
    JSON.stringify(value)
    return value
  } catch {
    return null
  }
}
