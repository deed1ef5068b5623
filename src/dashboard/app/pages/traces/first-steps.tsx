import type { ChannelsReply, ConnectionsReply } from '../../../shared/api.js'
import { useResource } from '../../stores/resource.js'
import { Code } from '../../ui/code.js'
import { Empty } from '../../ui/states.js'

/** What can be run right now, made from the project itself. */
export function FirstSteps() {
  const channels = useResource<ChannelsReply>('/channels').value.value
  const connections = useResource<ConnectionsReply>('/connections').value.value
  const channel = channels?.channels.find(({ isActive }) => isActive)
  const connection = connections?.connections.find(({ isActive }) => isActive)
  const isBare = channels?.channels.length === 0 && connections?.connections.length === 0
  return (
    <Empty title="Nothing has happened yet">
      {isBare ? (
        <>
          <p>The project calls nothing and serves nothing so far.</p>
          <p class="row">
            <a class="button primary" href="/connections/new">
              Add a connection
            </a>
            <a class="button" href="/channels/new">
              Add a channel
            </a>
          </p>
        </>
      ) : (
        <p>Every request and every call appears here. Try one:</p>
      )}
      {channel && <Code label="the curl command" text={curl(channels?.url ?? '', channel)} />}
      {connection && <Code label="the zato-ts command" text={call(connection)} />}
      {connection && (
        <p>
          or <a href={`/connections/${encodeURIComponent(connection.name)}`}>{`try ${connection.name} here`}</a>
        </p>
      )}
    </Empty>
  )
}

function curl(base: string, { method, urlPath }: ChannelsReply['channels'][number]): string {
  const verb = method === 'any' || method === 'GET' ? '' : ` -X ${method}`
  // As the banner of the server fills it, so that it runs as it stands.
  const path = urlPath.replaceAll(/\{[^{}]+\}/g, 'example')
  return `curl${verb} ${quoted(base.replace(/\/$/, '') + path)}`
}

function call({ name, placeholders, samples }: ConnectionsReply['connections'][number]): string {
  const params = placeholders.map((one) => quoted(`${one}=${samples[one] ?? 'VALUE'}`))
  return `zato-ts call ${quoted(name)}${params.length > 0 ? ` --params ${params.join(' ')}` : ''}`
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
