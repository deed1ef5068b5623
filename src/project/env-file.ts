import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual, parseEnv } from 'node:util'
import { UsageError } from '../errors.js'
import { targetOf, writeAtomically } from './atomic.js'
import { decodeText } from './edit/file-text.js'
import { withLock } from './edit/lock.js'

export interface EnvValue {
  /** Path of the `.env` file; made if it is absent, readable by its owner only. */
  readonly file: string
  readonly name: string
  readonly value: string
}

/**
 * Sets a variable in a `.env` file and keeps all else in it byte for byte.
 *
 * @throws UsageError ZU001 for a name or a value that such a file cannot express; neither message shows the value
 * @throws ZatoError ZU005 while another process writes the file, ZU007 if it cannot be written
 */
export async function setEnvValue({ file, name, value }: EnvValue): Promise<void> {
  await withLock({ file: await targetOf(file) }, async () => {
    const before = await readIfPresent(file)
    const text = withEnvValue(before ?? '', { name, value })
    if (text !== before) await writeAtomically({ file, text, expected: before, mode: 0o600 })
  })
}

/**
 * The text of a `.env` file with a variable set: in its place if it is there, else in a line at the end.
 *
 * @throws UsageError ZU001 for a name or a value that such a file cannot express
 */
export function withEnvValue(text: string, { name, value }: Omit<EnvValue, 'file'>): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new UsageError('ZU001', `"${name}" is no name of an environment variable`, {
      hint: 'use letters, digits and "_", such as ORDERS_PASSWORD',
    })
  }
  if (variablesIn(text)[name] === value) return text
  const after = splice(text, name, value)
  if (after !== undefined) return after
  if (splice(text, name, 'x') === undefined) {
    throw new UsageError('ZU001', `${name} cannot be added: a line of the .env file is no NAME=value`, {
      hint: 'mend the file first',
    })
  }
  throw new UsageError('ZU001', `The value of ${name} cannot be written to a .env file`, {
    hint: 'it holds all of \', " and `, or control characters; set it in the environment itself',
  })
}

/** The text with the first spelling of the value that reads back equal and leaves every other variable as it was. */
function splice(text: string, name: string, value: string): string | undefined {
  const wanted = { ...variablesIn(text), [name]: value }
  const { from, to, before, after } = placeOf(text, name)
  return spellingsOf(value)
    .map((spelling) => text.slice(0, from) + before + spelling + after + text.slice(to))
    .find((candidate) => isDeepStrictEqual(variablesIn(candidate), wanted))
}

/** What Node reads from the text, but for the names that it makes of lines which are no assignment. */
function variablesIn(text: string): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(parseEnv(text)).filter(([name]) => !/[\s#]/.test(name)))
}

/** Ways to write a value, best first: without quotes only what no reader takes for anything else. */
function spellingsOf(value: string): string[] {
  const plain = /^[\w./:@%+,-]+$/.test(value) ? [value] : []
  const escaped = value.includes('\\') ? [] : [`"${value.replaceAll('\n', '\\n')}"`]
  return [...plain, ...escaped.filter(() => value.includes('\n')), `'${value}'`, `"${value}"`, `\`${value}\``]
}

interface Place {
  readonly from: number
  readonly to: number
  /** What comes before and after the value that is written there. */
  readonly before: string
  readonly after: string
}

/** The value's place in its last line, which is the one that counts; or the end of the text. */
function placeOf(text: string, name: string): Place {
  const last = assignmentsIn(text).findLast((assignment) => assignment.name === name)
  if (last) return { from: last.from, to: last.to, before: '', after: '' }
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const open = text === '' || text.endsWith('\n') ? '' : lineBreak
  return { from: text.length, to: text.length, before: `${open}${name}=`, after: lineBreak }
}

interface Assignment {
  readonly name: string
  /** Where its value stands, quotes included. */
  readonly from: number
  readonly to: number
}

/** A quoted value may take several lines; one without quotes ends at `#` or with its line. */
const assignment = /^[ \t]*(?:export[ \t]+)?([^=#\s]+)[ \t]*=[ \t]*("[^"]*"|'[^']*'|`[^`]*`|[^#\r\n]*)/gm

function assignmentsIn(text: string): Assignment[] {
  return [...text.matchAll(assignment)].map(({ 0: whole, 1: name = '', 2: value = '', index }) => {
    const from = index + whole.length - value.length
    return { name, from, to: from + value.trimEnd().length }
  })
}

async function readIfPresent(file: string): Promise<string | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError('ZC007', `Could not read "${file}": ${(error as Error).message}`, { cause: error })
  })
  return bytes && decodeText(bytes, file)
}
