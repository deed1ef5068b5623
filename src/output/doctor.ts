import type {
  Check,
  ConnectionReport,
  DoctorReport,
  EffectiveValue,
  Origin,
  ProjectReport,
  VariableOrigin,
} from '../runtime/doctor/report.js'
import { escapeLine } from './escape.js'
import { shownPath } from './problems.js'
import { type Style, style } from './style.js'
import type { Terminal } from './terminal.js'
import { count, formatMoment } from './units.js'
import { displayWidth, fold, pad } from './width.js'

export interface DoctorLook {
  readonly cwd: string
  /** What is in effect by default too. */
  readonly everything: boolean
}

interface Row {
  readonly name: string
  readonly value: string
  readonly note?: string | undefined
}

/** Writes what was found: in sections on a screen; in a pipe one line each, its section first, cells between tabs. */
export function writeDoctor(terminal: Terminal, report: DoctorReport, look: DoctorLook): void {
  const writer = terminal.isTTY ? new ScreenWriter(terminal) : new LineWriter(terminal)
  const { zatoTs, node, platform } = report.versions
  writer.section('zato-ts', [
    { name: 'zato-ts', value: zatoTs },
    { name: 'Node', value: `${node} on ${platform}` },
    ...(report.project ? projectRows(report.project, look.cwd) : []),
  ])
  writer.checks(report.checks)
  if (report.environment.length > 0) writer.section('Environment', valueRows(report.environment, look.cwd))
  for (const connection of report.connections) {
    const title = connection.state === 'active' ? connection.name : `${connection.name} (${connection.state})`
    writer.section(title, valueRows(shownValues(connection, look), look.cwd))
    writer.checks(connection.checks)
  }
}

/** Fields that are always worth a line. */
const alwaysShown: ReadonlySet<string> = new Set(['host', 'proxy', 'validate_tls'])

function shownValues({ values }: ConnectionReport, { everything }: DoctorLook): EffectiveValue[] {
  return values.filter(({ name, origin }) => everything || alwaysShown.has(name) || origin.kind !== 'default')
}

function projectRows({ file, includes, envFiles, secrets, services, servers }: ProjectReport, cwd: string): Row[] {
  const path = (one: string) => shownPath(one, cwd)
  const serving = servers.map(({ pid, url, since }) => `process ${pid} at ${url}, since ${formatMoment(since)}`)
  return [
    { name: 'project', value: path(file) },
    ...includes.map((one) => ({ name: 'include', value: path(one) })),
    ...(envFiles.length === 0 ? [{ name: '.env', value: 'none' }] : []),
    ...envFiles.map(({ file: one, variables }) => ({ name: '.env', value: path(one), note: count(variables, 'name') })),
    { name: 'hidden', value: `${count(secrets, 'secret')}, wherever they appear` },
    ...(services.files === undefined
      ? []
      : [{ name: 'services', value: path(services.folder), note: count(services.files, 'file') }]),
    ...(serving.length === 0 ? [{ name: 'serving', value: 'no server of this project runs' }] : []),
    ...serving.map((value) => ({ name: 'serving', value })),
  ]
}

function valueRows(values: readonly EffectiveValue[], cwd: string): Row[] {
  return values.map(({ name, value, origin }) => ({ name, value, note: originText(name, origin, cwd) }))
}

/** `zato.yaml:12, ORDERS_PASSWORD of .env`, `environment`, `default` */
function originText(name: string, { kind, file, line, variables = [] }: Origin, cwd: string): string {
  if (kind === 'default') return 'default'
  if (kind === 'environment' && name === variables[0]?.name) return variableHome(variables[0], cwd)
  const place = file === undefined ? [] : [`${shownPath(file, cwd)}:${line ?? 1}`]
  const named = variables.map((one) =>
    one.from === 'missing' ? `${one.name} is missing` : `${one.name} of ${variableHome(one, cwd)}`,
  )
  return [...place, ...named].join(', ')
}

function variableHome({ file }: VariableOrigin, cwd: string): string {
  return file === undefined ? 'the environment' : shownPath(file, cwd)
}

interface Writer {
  section(title: string, rows: readonly Row[]): void
  checks(checks: readonly Check[]): void
}

const gap = 2
const narrowestValue = 20

class ScreenWriter implements Writer {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  section(title: string, rows: readonly Row[]): void {
    const terminal = this.#terminal
    const nameWidth = Math.max(0, ...rows.map(({ name }) => displayWidth(name)))
    const room = Math.max(narrowestValue, terminal.width - nameWidth - 2 * gap)
    terminal.line()
    terminal.line(style.bold(escapeLine(title)))
    for (const { name, value, note = '' } of rows) {
      const isShort = displayWidth(value) + gap + displayWidth(note) <= room
      const lines = fold(escapeLine(value), room)
      if (isShort && note !== '') lines[0] = `${lines[0] ?? ''}${' '.repeat(gap)}${style.dim(escapeLine(note))}`
      else if (note !== '') lines.push(...fold(escapeLine(note), room).map(style.dim))
      for (const [index, text] of lines.entries()) {
        terminal.line(
          `${' '.repeat(gap)}${style.cyan(pad(index === 0 ? name : '', nameWidth))}${' '.repeat(gap)}${text}`,
        )
      }
    }
  }

  checks(checks: readonly Check[]): void {
    const terminal = this.#terminal
    for (const { level, message, hint } of checks) {
      const [sign, look] = signOf(level, terminal)
      const indent = ' '.repeat(gap + displayWidth(sign) + 1)
      const room = Math.max(narrowestValue, terminal.width - indent.length)
      fold(escapeLine(message), room).forEach((text, index) => {
        terminal.line(index === 0 ? `${' '.repeat(gap)}${look(sign)} ${text}` : `${indent}${text}`)
      })
      if (hint !== undefined)
        for (const text of fold(escapeLine(hint), room)) terminal.line(`${indent}${style.dim(text)}`)
    }
  }
}

class LineWriter implements Writer {
  readonly #terminal: Terminal
  #title = ''

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  section(title: string, rows: readonly Row[]): void {
    this.#title = title
    for (const { name, value, note } of rows) this.#write(name, value, note)
  }

  checks(checks: readonly Check[]): void {
    for (const { level, message, hint } of checks) this.#write(level, message, hint)
  }

  #write(...cells: readonly (string | undefined)[]): void {
    const known = [this.#title, ...cells].filter((cell) => cell !== undefined && cell !== '')
    this.#terminal.write(`${known.map((cell) => escapeLine(cell ?? '')).join('\t')}\n`)
  }
}

function signOf(level: Check['level'], { symbols }: Terminal): [sign: string, look: Style] {
  if (level === 'ok') return [symbols.ok, style.green]
  return level === 'warning' ? [symbols.warn, style.yellow] : [symbols.fail, style.red]
}
