import { useEffect } from 'preact/hooks'
import type { ChannelReply, StartedReply, TryRequest } from '../../../shared/api.js'
import { part, request } from '../../core/client.js'
import { setTitle } from '../../core/title.js'
import { projectChanged, useResource } from '../../stores/resource.js'
import { serverState } from '../../stores/server-state.js'
import { LastResult, Security, Stats } from '../../ui/item-table.js'
import { Pending } from '../../ui/states.js'
import { ItemPage } from '../item-page.js'
import { type Draft, TryForm } from '../try-form.js'

const none = {}

export function ChannelPage({ name }: { readonly name: string }) {
  const { value, problem, load } = useResource<ChannelReply>(
    `/channels/${part(name)}`,
    (event) => projectChanged(event) || (event.type === 'trace.close' && event.trace.channel === name),
  )
  useEffect(() => setTitle(name), [name])
  const reply = value.value
  if (!reply) return <Pending title={name} problem={problem.value} onRetry={() => void load()} />
  const { channel } = reply
  const { method, urlPath, placeholders, service, serviceExists, security, dataFormat, stats } = channel
  const isAny = method === 'any'
  const base = (serverState.value?.urls.channels ?? '').replace(/\/$/, '')
  return (
    <ItemPage
      section="channel_rest"
      list="/channels"
      item={channel}
      source={reply.source}
      revision={reply.revision}
      filter={`channel:"${name}"`}
      facts={[
        ['Address', <span class="mono">{`${isAny ? 'ANY' : method} ${urlPath}`}</span>],
        [
          'Service',
          serviceExists ? (
            <a href={`/services/${part(service)}`}>{service}</a>
          ) : (
            <span class="result bad">{`✕ ${service}: no such service`}</span>
          ),
        ],
        ['Security', <Security security={security} />],
        ['Last', <LastResult stats={stats} />],
        ['5 min', <Stats stats={stats} />],
      ]}
    >
      <TryForm
        id={`channel ${name}`}
        name={name}
        template={base + urlPath}
        placeholders={placeholders}
        samples={none}
        method={isAny ? 'GET' : method}
        isMethodFixed={!isAny}
        isJson={dataFormat === 'json'}
        send={(draft) => request<StartedReply>('POST', `/channels/${part(name)}/try`, { body: requestOf(draft) })}
      />
    </ItemPage>
  )
}

function requestOf({ method, params, query, headers, body, cid }: Draft): TryRequest {
  const hasBody = method.value !== 'GET' && method.value !== 'HEAD' && body.value !== ''
  const given = headers.value.filter(([header]) => header.trim() !== '')
  return {
    method: method.value,
    params: params.value,
    query: query.value.filter(([one]) => one !== ''),
    ...(given.length > 0 && { headers: given }),
    ...(hasBody && { body: body.value }),
    ...(cid.value !== '' && { cid: cid.value }),
  }
}
