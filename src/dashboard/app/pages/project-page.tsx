import { useEffect } from 'preact/hooks'
import type { EnvironmentView, ReloadView, StateReply } from '../../shared/api.js'
import { now } from '../core/clock.js'
import { request } from '../core/client.js'
import { ago, clock, count, duration, size } from '../core/format.js'
import { areKeysOn, setKeysOn } from '../core/keys.js'
import { setTitle } from '../core/title.js'
import { loadState, openInEditor, serverState, stateAt, stateProblem } from '../stores/server-state.js'
import { act } from '../ui/act.js'
import { Pending } from '../ui/states.js'
import { ProblemBox } from './problem-box.js'
import { clearTraces } from './traces/actions.js'

export function ProjectPage() {
  useEffect(() => {
    setTitle('Project')
    void loadState()
  }, [])
  const state = serverState.value
  if (!state) return <Pending title="Project" problem={stateProblem.value} onRetry={() => void loadState()} />
  return (
    <div class="page wide">
      <div class="toolbar">
        <h1>{state.project.name}</h1>
        {stateProblem.value && (
          <span class="tag warn">{`as of ${clock(stateAt.value).slice(0, 8)}: the server does not answer`}</span>
        )}
        <button type="button" class="push" onClick={() => act(() => request('POST', '/reload'))}>
          Reload
        </button>
      </div>
      <div class="cards">
        <Problems state={state} />
        <Facts state={state} />
        <Environment variables={state.environment} />
        <Reloads reloads={state.reloads} />
        <section class="card" aria-labelledby="settings">
          <h2 id="settings">Settings of this page</h2>
          <label class="check">
            <input
              type="checkbox"
              checked={areKeysOn.value}
              onChange={(event) => setKeysOn(event.currentTarget.checked)}
            />
            Single keys do something
          </label>
        </section>
      </div>
    </div>
  )
}

function Problems({ state: { problems, project } }: { readonly state: StateReply }) {
  return (
    <section class="card full" aria-labelledby="problems">
      <h2 id="problems">
        <button type="button" class="link mono" onClick={() => act(() => openInEditor(project.file))}>
          {project.file}
        </button>{' '}
        {problems.length === 0 && <span class="result ok">✓ no problems</span>}
      </h2>
      {problems.map((problem, index) => (
        <ProblemBox key={index} problem={problem} />
      ))}
    </section>
  )
}

function Facts({ state }: { readonly state: StateReply }) {
  const { version, node, platform, project, urls, startedAt, revision, traces, counts, watched, runningSince } = state
  const rows: readonly (readonly [string, string])[] = [
    ['Folder', project.folder],
    ['Channels on', urls.channels],
    ['Dashboard on', urls.dashboard],
    ['Up for', duration(now.value - startedAt)],
    ...(runningSince === undefined ? [] : [['Running since', clock(runningSince)] as const]),
    ['Revision', revision.slice(0, 12)],
    ['Versions', `zato-ts ${version}, Node ${node}, ${platform}`],
    [
      'Has',
      [
        count(counts.connections, 'connection'),
        count(counts.channels, 'channel'),
        count(counts.services, 'service'),
      ].join(', '),
    ],
    ['Traces', `${traces.kept} of at most ${traces.limit}, ${size(traces.bytes)} of at most ${size(traces.byteLimit)}`],
    ['Watches', watched.join(', ')],
  ]
  return (
    <section class="card" aria-labelledby="server">
      <h2 id="server">Server</h2>
      <dl class="fact-list">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="small" onClick={() => act(() => clearTraces().then(loadState))}>
        Clear the traces
      </button>
    </section>
  )
}

function Environment({ variables }: { readonly variables: readonly EnvironmentView[] }) {
  return (
    <section class="card" aria-labelledby="environment">
      <h2 id="environment">Environment</h2>
      {variables.length === 0 && <p class="dim">The project refers to no variables.</p>}
      {variables.length > 0 && (
        <table class="facts">
          <tbody>
            {variables.map(({ name, isSet, source, usedBy }) => (
              <tr key={name}>
                <th scope="row" class="mono">
                  {name}
                </th>
                <td>
                  <span class={`result ${isSet || source === 'default' ? 'ok' : 'bad'}`}>
                    {isSet ? '✓ set' : source === 'default' ? '✓ default' : '✕ missing'}
                  </span>
                  {isSet && source !== undefined && <span class="dim">{` in ${source}`}</span>}
                </td>
                <td class="dim">{usedBy.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

const reloadLooks = { served: ['✓', 'ok'], failed: ['✕', 'bad'], unchanged: ['=', 'dim'] } as const

function Reloads({ reloads }: { readonly reloads: readonly ReloadView[] }) {
  return (
    <section class="card" aria-labelledby="reloads">
      <h2 id="reloads">Reloads</h2>
      {reloads.length === 0 && <p class="dim">None since the start.</p>}
      {reloads.length > 0 && (
        <table class="facts">
          <tbody>
            {reloads.map(({ at, ms, files, result, message }, index) => {
              const [symbol, tone] = reloadLooks[result]
              return (
                <tr key={index}>
                  <th scope="row">
                    <span title={ago(at, now.value)}>{clock(at).slice(0, 8)}</span>
                  </th>
                  <td>
                    <span class={`result ${tone}`}>{`${symbol} ${result}`}</span>
                  </td>
                  <td class="number">{duration(ms)}</td>
                  <td class="dim">{[files.join(', '), message].filter(Boolean).join(': ')}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </section>
  )
}
