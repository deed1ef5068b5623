import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ChannelView, ChannelsReply } from '../../../shared/api.js'
import { part } from '../../core/client.js'
import { navigate } from '../../core/router.js'
import { setTitle } from '../../core/title.js'
import { useKeys } from '../../core/use-keys.js'
import { projectChanged, useResource } from '../../stores/resource.js'
import { Code } from '../../ui/code.js'
import { CopyButton } from '../../ui/copy-button.js'
import { LastResult, Security, Stats } from '../../ui/item-table.js'
import { Empty, Pending } from '../../ui/states.js'
import { ListHead } from '../list-head.js'
import { marked } from '../traces/request-line.js'

const sample = `channel_rest:
  - name: get-orders
    url_path: /api/orders
    service: get-orders
`

export function ChannelsPage() {
  const { value, problem, load } = useResource<ChannelsReply>(
    '/channels',
    (event) => projectChanged(event) || event.type === 'trace.close',
  )
  const wanted = useSignal('')
  useEffect(() => setTitle('Channels'), [])
  useKeys([{ keys: 'a', doc: 'Add', run: () => navigate('/channels/new') }])
  const reply = value.value
  if (!reply) return <Pending title="Channels" problem={problem.value} onRetry={() => void load()} />
  const word = wanted.value.toLowerCase()
  const shown = reply.channels.filter(({ name, urlPath, service }) =>
    `${name} ${urlPath} ${service}`.toLowerCase().includes(word),
  )
  return (
    <div class="page wide">
      <ListHead title="Channels" noun="channel" count={reply.channels.length} wanted={wanted} add="/channels/new" />
      {reply.channels.length === 0 ? (
        <Empty title="No channels yet">
          <p>A channel is an address that a service of yours answers. Add one here, or in zato.yaml:</p>
          <Code label="the sample" text={sample} />
        </Empty>
      ) : (
        <div class="table-box" tabIndex={0} role="region" aria-label="Channels">
          <table class="items">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Address</th>
                <th scope="col">Service</th>
                <th scope="col">Last result</th>
                <th scope="col">5 min</th>
                <th scope="col">Security</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <Row key={one.name} channel={one} />
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <p class="dim pad">No channel matches.</p>}
        </div>
      )}
      <p class="dim foot">
        {'They are served on '}
        <span class="mono">{reply.url}</span>
        <CopyButton text={reply.url} what="the address" />
      </p>
    </div>
  )
}

function Row({ channel }: { readonly channel: ChannelView }) {
  const { name, description, isActive, method, urlPath, service, serviceExists, security, stats, problems } = channel
  return (
    <tr class={isActive ? undefined : 'inactive'}>
      <td>
        <a class="name" href={`/channels/${part(name)}`}>
          {name}
        </a>
        <span class="second">{description}</span>
        {!isActive && <span class="tag">off</span>}
        {problems.map(({ message }, index) => (
          <span class="result bad wrap" key={index}>{`✕ ${message}`}</span>
        ))}
      </td>
      <td class="mono address">
        <span class="method">{method === 'any' ? 'ANY' : method}</span> {marked(urlPath)}
      </td>
      <td>
        {serviceExists ? (
          <a href={`/services/${part(service)}`}>{service}</a>
        ) : (
          <span class="result bad wrap">{`✕ ${service}: no such service`}</span>
        )}
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
    </tr>
  )
}
