import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ServiceView, ServicesReply } from '../../../shared/api.js'
import { part } from '../../core/client.js'
import { clock } from '../../core/format.js'
import { setTitle } from '../../core/title.js'
import { projectChanged, useResource } from '../../stores/resource.js'
import { openInEditor, serverState } from '../../stores/server-state.js'
import { act } from '../../ui/act.js'
import { Code } from '../../ui/code.js'
import { LastResult, Stats } from '../../ui/item-table.js'
import { Empty, Pending } from '../../ui/states.js'
import { ListHead } from '../list-head.js'
import { ProblemBox } from '../problem-box.js'

export function ServicesPage() {
  const { value, problem, load } = useResource<ServicesReply>(
    '/services',
    (event) => projectChanged(event) || event.type === 'trace.close',
  )
  const wanted = useSignal('')
  useEffect(() => setTitle('Services'), [])
  const all = value.value?.services
  if (!all) return <Pending title="Services" problem={problem.value} onRetry={() => void load()} />
  const word = wanted.value.toLowerCase()
  const shown = all.filter(({ name, file }) => `${name} ${file}`.toLowerCase().includes(word))
  return (
    <div class="page wide">
      <ListHead title="Services" noun="service" count={all.length} wanted={wanted} />
      <NotLoaded hasServices={all.length > 0} />
      {all.length === 0 ? (
        !hasFatal() && (
          <Empty title="No services yet">
            <p>A service is a class in the folder “services”. Make one:</p>
            <Code label="the command" text="zato-ts service add get-orders" />
          </Empty>
        )
      ) : (
        <div class="table-box" tabIndex={0} role="region" aria-label="Services">
          <table class="items">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Source</th>
                <th scope="col">Channels</th>
                <th scope="col">Calls</th>
                <th scope="col">Last result</th>
                <th scope="col">5 min</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <Row key={one.name} service={one} />
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <p class="dim pad">No service matches.</p>}
        </div>
      )}
    </div>
  )
}

const fatal = () => (serverState.value?.problems ?? []).filter(({ isFatal }) => isFatal)
const hasFatal = () => fatal().length > 0

/** Why the services in the files are not those that run. */
function NotLoaded({ hasServices }: { readonly hasServices: boolean }) {
  if (!hasFatal()) return null
  const since = serverState.value?.runningSince
  return (
    <section class="card full not-loaded" aria-labelledby="not-loaded">
      <h2 id="not-loaded">
        {hasServices && since !== undefined
          ? `What is below was loaded at ${clock(since).slice(0, 8)}, before this`
          : 'No service is loaded until this is put right'}
      </h2>
      {fatal().map((problem, index) => (
        <ProblemBox key={index} problem={problem} />
      ))}
    </section>
  )
}

function Row({
  service: { name, file, line, channels, connections, verbs, stats },
}: {
  readonly service: ServiceView
}) {
  return (
    <tr>
      <td>
        <a class="name" href={`/services/${part(name)}`}>
          {name}
        </a>
        <span class="second">{verbs.join(', ')}</span>
      </td>
      <td>
        <button type="button" class="link mono" onClick={() => act(() => openInEditor(file, line))}>
          {line === undefined ? file : `${file}:${line}`}
        </button>
      </td>
      <td>
        <Links names={channels} list="/channels" />
      </td>
      <td>
        <Links names={connections} list="/connections" />
      </td>
      <td>
        <LastResult stats={stats} />
      </td>
      <td>
        <Stats stats={stats} />
      </td>
    </tr>
  )
}

export function Links({ names, list }: { readonly names: readonly string[]; readonly list: string }) {
  if (names.length === 0) return <span class="dim">none</span>
  return (
    <>
      {names.map((name) => (
        <a class="listed" key={name} href={`${list}/${part(name)}`}>
          {name}
        </a>
      ))}
    </>
  )
}
