import { type ClientRequest, request as sendRequest } from 'node:http'
import { credentialHeader } from '../../outgoing/credentials.js'
import { parsePath } from '../../project/path.js'
import type { Project } from '../../project/project.js'
import type { ChannelDefinition } from '../../project/schema.js'
import { newCid } from '../../trace/context.js'
import type { StartedReply, TryRequest } from '../../trace/requests.js'
import type { Expected } from '../capture/context.js'
import { type Acting, named } from './acting.js'

/** A request to the listener, ready to be sent. */
export interface ListenerRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Uint8Array | undefined
  readonly cid?: string | undefined
}

/** How long a request may take to be seen by the listener. */
const seenMs = 5000

/** Sends requests to the channels through the real listener, as any caller does. */
export class ChannelActions {
  readonly #acting: Acting

  constructor(acting: Acting) {
    this.#acting = acting
  }

  async tryChannel(
    name: string,
    { params = {}, query = [], headers = [], ...rest }: TryRequest,
  ): Promise<StartedReply> {
    const project = this.#acting.project()
    const channel = named(project.channelRest, name, 'channel')
    const search = new URLSearchParams(query.map(([key, value]): [string, string] => [key, value])).toString()
    const path = filled(channel.urlPath, params) + (search === '' ? '' : `?${search}`)
    const own = new Set(headers.map(([header]) => header.toLowerCase()))
    const added = credentialsOf(channel, project).filter(([header]) => !own.has(header.toLowerCase()))
    return this.send({ ...rest, path, headers: [...headers, ...added] }, { source: 'dashboard' })
  }

  /** Settles once the listener has seen it. */
  send({ method, path, headers, body, cid = newCid() }: ListenerRequest, expected: Expected): Promise<StartedReply> {
    const { capture, running } = this.#acting
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve({ cid }), seenMs)
      const abort = new AbortController()
      const request = this.#open({ method, path, headers, body, cid }, abort.signal)
      capture.expect(cid, expected, (id) => {
        clearTimeout(timer)
        running.set(id, abort)
        request.once('close', () => running.delete(id))
        resolve({ cid, id })
      })
      request.once('response', (reply) => reply.resume().on('error', () => undefined))
      request.once('error', reject)
      request.end(body)
    })
  }

  #open({ method, path, headers, body, cid }: ListenerRequest & { cid: string }, signal: AbortSignal): ClientRequest {
    const { host, port } = this.#acting.address()
    const to = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
    const request = sendRequest({ host: to, port, method, path, signal, agent: false })
    // Before what is given, which may say otherwise.
    request.setHeader('Host', `${to.includes(':') ? `[${to}]` : to}:${port}`)
    for (const [name, value] of grouped(headers)) request.setHeader(name, value)
    request.setHeader('X-Zato-CID', cid)
    if (body !== undefined) request.setHeader('Content-Length', Buffer.byteLength(body))
    return request
  }
}

/** What of a channel's URL are the placeholders, filled. One that has no value stays as it is. */
function filled(urlPath: string, params: Readonly<Record<string, string>>): string {
  const parts = parsePath(urlPath).parts.map((part) =>
    part.kind === 'literal' ? part.text : encodeURIComponent(params[part.name] ?? `{${part.name}}`),
  )
  return parts.join('')
}

/** The credentials that a channel asks for, if this can give them. */
export function credentialsOf({ security }: ChannelDefinition, project: Project): (readonly [string, string])[] {
  const definition = project.security.find(({ name }) => name === security)
  if (!definition || definition.refusal) return []
  if (definition.type !== 'basic_auth' && definition.type !== 'apikey' && definition.type !== 'bearer_token') return []
  return 'authServerUrl' in definition ? [] : [credentialHeader(definition)]
}

function grouped(headers: ListenerRequest['headers']): Map<string, string | string[]> {
  const groups = new Map<string, string | string[]>()
  const names = new Map<string, string>()
  for (const [name, value] of headers) {
    const known = names.get(name.toLowerCase()) ?? name
    names.set(name.toLowerCase(), known)
    const before = groups.get(known)
    groups.set(known, before === undefined ? value : [before, value].flat())
  }
  return groups
}
