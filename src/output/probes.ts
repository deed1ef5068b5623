import type { PingState } from '../outgoing/ping-state.js'
import type { Probe } from '../outgoing/probe.js'
import { statusText } from './call-lines.js'
import { certificateDocument, expiryOf, expiryStyle, expiryText } from './certificate.js'
import { escapeLine } from './escape.js'
import { statusStyle, style } from './style.js'
import { type Cell, writeTable } from './table.js'
import type { Terminal } from './terminal.js'
import { formatDuration } from './units.js'

interface Screens {
  readonly out: Terminal
  readonly err: Terminal
}

const looks: Readonly<Record<PingState, (text: string) => string>> = {
  reachable: style.green,
  unauthorized: style.yellow,
  unhealthy: style.red,
  unreachable: style.red,
  unusable: style.red,
}

/** Below this, a screen has no room for what is known anyway. */
const wideColumns = 100

/** A table of pings, and under it what there is to say of those that did not go well. */
export function writeProbes({ out, err }: Screens, probes: readonly Probe[]): void {
  if (probes.length === 0) return
  const isWide = !out.isTTY || out.width >= wideColumns
  const head = ['NAME', 'STATE', 'RESULT', 'TOOK', ...(isWide ? ['CERTIFICATE', 'TARGET', 'BY'] : [])]
  const rows = probes.map((one): (string | Cell)[] => [
    one.connection,
    { text: one.state, style: looks[one.state] },
    resultCell(one),
    formatDuration(one.elapsedMs),
    ...(isWide ? [certificateCell(one), targetText(one), one.target ?? '-'] : []),
  ])
  writeTable(out, { head, rows })
  for (const one of probes) for (const line of remarks(one, err)) err.line(line)
}

/** A ping as JSON has it. */
export function probeDocument({ certificate, error, ...one }: Probe) {
  const { connection, cid, state, method, url, target, statusCode, elapsedMs } = one
  return {
    ...{ connection, cid, state, method: method ?? null, url: url ?? null, by: target ?? null },
    ...{ status: statusCode ?? null, elapsedMs: Math.round(elapsedMs * 10) / 10 },
    certificate: certificate ? certificateDocument(certificate) : null,
    error: error ? { code: error.code, message: error.message, hint: error.hint } : null,
  }
}

function resultCell({ statusCode, error }: Probe): Cell {
  if (statusCode === undefined) return { text: error?.code ?? '-', style: style.red }
  return { text: statusText(statusCode), style: statusStyle(statusCode) }
}

function certificateCell({ certificate }: Probe): Cell {
  if (!certificate) return { text: '-', style: style.dim }
  return { text: expiryText(certificate), style: expiryStyle(certificate) }
}

function targetText({ method, url }: Probe): string {
  return method === undefined || url === undefined ? '-' : `${method} ${url}`
}

function remarks(one: Probe, { symbols }: Terminal): string[] {
  const { connection, error, certificate } = one
  const name = `"${escapeLine(connection)}"`
  const isExpiring = certificate !== undefined && (expiryOf(certificate).isSoon || expiryOf(certificate).isExpired)
  return [
    ...(one.isFallback ? [`${style.dim(symbols.sub)} ${name} serves no HEAD: it was asked with GET`] : []),
    ...(error ? [`${style.red(symbols.fail)} ${name}: ${escapeLine(error.message)}`] : []),
    ...(error?.hint === undefined ? [] : [`  ${style.dim('hint')}  ${escapeLine(error.hint)}`]),
    ...(isExpiring
      ? [
          `${style.yellow(symbols.warn)} ${name}: its certificate ${expiryText(certificate)} (${escapeLine(certificate.subject)})`,
        ]
      : []),
  ]
}
