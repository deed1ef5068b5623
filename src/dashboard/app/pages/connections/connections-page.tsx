import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ConnectionView, ConnectionsReply } from '../../../shared/api.js'
import { part } from '../../core/client.js'
import { navigate } from '../../core/router.js'
import { setTitle } from '../../core/title.js'
import { useKeys } from '../../core/use-keys.js'
import { projectChanged, useResource } from '../../stores/resource.js'
import { Code } from '../../ui/code.js'
import { LastResult, Security, Stats } from '../../ui/item-table.js'
import { Empty, Pending } from '../../ui/states.js'
import { marked } from '../traces/request-line.js'
import { ListHead } from '../list-head.js'
import { PingButton } from './ping-button.js'

const sample = `outgoing_rest:
  - name: Orders API
    host: https://api.example.com
    url_path: /customers/{customer_id}/orders
    data_format: json
`

export function ConnectionsPage() {
  const { value, problem, load } = useResource<ConnectionsReply>(
    '/connections',
    (event) => projectChanged(event) || event.type === 'trace.close',
  )
  const wanted = useSignal('')
  useEffect(() => setTitle('Connections'), [])
  useKeys([{ keys: 'a', doc: 'Add', run: () => navigate('/connections/new') }])
  const all = value.value?.connections
  if (!all) return <Pending title="Connections" problem={problem.value} onRetry={() => void load()} />
  const word = wanted.value.toLowerCase()
  const shown = all.filter(({ name, host, urlPath }) => `${name} ${host}${urlPath}`.toLowerCase().includes(word))
  return (
    <div class="page wide">
      <ListHead title="Connections" noun="connection" count={all.length} wanted={wanted} add="/connections/new" />
      {all.length === 0 ? (
        <Empty title="No outgoing connections yet">
          <p>A connection is an API that your services call. Add one here, on the command line, or in zato.yaml:</p>
          <Code
            label="the command"
            text="zato-ts conn add 'Orders API' --host https://api.example.com --url-path '/customers/{customer_id}/orders'"
          />
          <Code label="the sample" text={sample} />
        </Empty>
      ) : (
        <div class="table-box" tabIndex={0} role="region" aria-label="Connections">
          <table class="items">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Address</th>
                <th scope="col">Last result</th>
                <th scope="col">5 min</th>
                <th scope="col">Security</th>
                <th scope="col">Used by</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <Row key={one.name} connection={one} />
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <p class="dim pad">No connection matches.</p>}
        </div>
      )}
    </div>
  )
}

function Row({ connection }: { readonly connection: ConnectionView }) {
  const { name, description, isActive, host, urlPath, dataFormat, security, missing, usedBy, stats, problems } =
    connection
  return (
    <tr class={isActive ? undefined : 'inactive'}>
      <td>
        <a class="name" href={`/connections/${part(name)}`}>
          {name}
        </a>
        <span class="second">{description}</span>
        {!isActive && <span class="tag">off</span>}
        {problems.map(({ message }, index) => (
          <span class="result bad wrap" key={index}>{`✕ ${message}`}</span>
        ))}
        {missing.map((variable) => (
          <span class="tag bad" key={variable}>{`${variable} is not set`}</span>
        ))}
      </td>
      <td class="mono address">
        {host}
        {marked(urlPath)} <span class="tag">{dataFormat}</span>
        {/^http:\/\/(?!localhost|127\.|\[::1\])/.test(host) && <span class="tag warn">not encrypted</span>}
      </td>
      <td>
        <LastResult stats={stats} />
      </td>
      <td>
        <Stats stats={stats} />
      </td>
      <td>
        <Security security={security} />
      </td>
      <td title={usedBy.join(', ')}>
        {usedBy.length === 0 ? (
          <span class="dim">unused</span>
        ) : (
          `${usedBy.length} ${usedBy.length === 1 ? 'service' : 'services'}`
        )}
      </td>
      <td class="actions">
        <PingButton name={name} />
      </td>
    </tr>
  )
}
