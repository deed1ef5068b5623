import { useEffect } from 'preact/hooks'
import type { CallRequest, ConnectionReply, StartedReply, TypedSnippets } from '../../../shared/api.js'
import { part, request } from '../../core/client.js'
import { paramsOf } from '../../core/rows.js'
import { setTitle } from '../../core/title.js'
import { projectChanged, useResource } from '../../stores/resource.js'
import { LastResult, Security, Stats } from '../../ui/item-table.js'
import { Pending } from '../../ui/states.js'
import { ItemPage } from '../item-page.js'
import { type Draft, TryForm } from '../try-form.js'
import { PingButton } from './ping-button.js'

export function ConnectionPage({ name }: { readonly name: string }) {
  const { value, problem, load } = useResource<ConnectionReply>(
    `/connections/${part(name)}`,
    (event) => projectChanged(event) || (event.type === 'trace.close' && event.trace.connection === name),
  )
  useEffect(() => setTitle(name), [name])
  const reply = value.value
  if (!reply) return <Pending title={name} problem={problem.value} onRetry={() => void load()} />
  const { connection } = reply
  const { host, urlPath, placeholders, samples, dataFormat, security, missing, usedBy, stats } = connection
  return (
    <ItemPage
      section="outgoing_rest"
      list="/connections"
      item={connection}
      source={reply.source}
      revision={reply.revision}
      filter={`conn:"${name}"`}
      facts={[
        ['Address', <span class="mono">{host + urlPath}</span>],
        ['Security', <Security security={security} />],
        ...(missing.length > 0
          ? [['Not set', <span class="result bad">{`✕ ${missing.join(', ')}`}</span>] as const]
          : []),
        ['Used by', usedBy.length === 0 ? 'no service' : usedBy.join(', ')],
        ['Last', <LastResult stats={stats} />],
        ['5 min', <Stats stats={stats} />],
      ]}
      actions={<PingButton name={name} isLong />}
    >
      <TryForm
        id={`connection ${name}`}
        name={name}
        template={host + urlPath}
        placeholders={placeholders}
        samples={samples}
        method="GET"
        isMethodFixed={false}
        isJson={dataFormat === 'json'}
        send={(draft) => request<StartedReply>('POST', `/connections/${part(name)}/call`, { body: requestOf(draft) })}
        snippets={(draft, signal) =>
          request<TypedSnippets>('POST', `/connections/${part(name)}/snippets`, { body: requestOf(draft), signal })
        }
      />
    </ItemPage>
  )
}

function requestOf({ method, params, query, headers, body, cid }: Draft): CallRequest {
  const named = Object.entries(params.value).filter(([, value]) => value !== '')
  const hasBody = method.value !== 'GET' && method.value !== 'HEAD' && body.value !== ''
  const given = headers.value.filter(([header]) => header.trim() !== '')
  return {
    method: method.value,
    params: paramsOf([...named, ...query.value]),
    ...(given.length > 0 && { headers: given }),
    ...(hasBody && { body: body.value }),
    ...(cid.value !== '' && { cid: cid.value }),
  }
}
