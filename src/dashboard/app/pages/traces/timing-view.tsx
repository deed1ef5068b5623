import type { Span } from '../../../../trace/record.js'
import { duration, placeOf } from '../../core/format.js'
import { phaseBars } from '../../core/waterfall.js'

/** Where the time went, and over which connection. */
export function TimingView({ span }: { readonly span: Span }) {
  const bars = phaseBars(span)
  const total = bars.reduce((sum, { ms }) => sum + ms, 0)
  const { socket, decision } = span.attempt ?? {}
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Begins', `${duration(span.startMs)} after the trace`],
    ['Takes', span.durationMs === undefined ? 'still running' : duration(span.durationMs)],
    ['Connection', socket && (socket.isReused ? 'reused' : 'new')],
    ['Remote', socket?.remote],
    ['TLS', socket?.tls],
    [
      'Certificate expires',
      socket?.certificateExpires === undefined ? undefined : new Date(socket.certificateExpires).toLocaleDateString(),
    ],
    ['Proxy', socket?.proxy],
    ['Afterwards', decision],
    ['Why', span.reason],
    ['Source', span.source && placeOf(span.source)],
  ]
  return (
    <>
      {bars.length > 0 && (
        <table class="facts phases">
          <caption class="hidden">Phases</caption>
          <tbody>
            {bars.map(({ phase, ms }) => (
              <tr key={phase}>
                <th scope="row">
                  <span class={`dot phase-${phase}`} aria-hidden="true" />
                  {phase}
                </th>
                <td class="number">{duration(ms)}</td>
                <td class="number dim">{`${Math.round((ms / Math.max(total, 0.001)) * 100)} %`}</td>
                <td class="phase-cell">
                  <span
                    class={`phase-part phase-${phase}`}
                    style={{ '--w': String((ms / Math.max(total, 0.001)) * 100) }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <table class="facts">
        <caption class="hidden">Times and connection</caption>
        <tbody>
          {facts.map(
            ([name, value]) =>
              value !== undefined && (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{value}</td>
                </tr>
              ),
          )}
        </tbody>
      </table>
    </>
  )
}
