import { contentTypes } from '../outgoing/body.js'
import { credentialHeader } from '../outgoing/credentials.js'
import { jsonAccept } from '../outgoing/headers.js'
import type { Project } from '../project/project.js'
import type { OutgoingDefinition, SecurityDefinition } from '../project/schema.js'
import { redacted } from '../redact.js'
import type { BodyRecord, MessageRecord, Span, Trace } from '../trace/record.js'
import type { SnippetRequest, Spelling } from '../trace/snippets/request.js'
import type { ShellPart } from '../trace/snippets/shell.js'
import { type SnippetTexts, snippetsOf } from '../trace/snippets/snippets.js'

interface SnippetContext {
  readonly project: Project | undefined
  /** Where the channels are. */
  readonly channelsUrl: string
}

/**
 * How to send what a trace has sent, by the configuration of today.
 *
 * @param spanId of a call within it; of the trace itself if left out
 */
export function snippetsOfTrace(trace: Trace, spanId: number | undefined, context: SnippetContext): SnippetTexts {
  const span = trace.spans.find(({ id }) => id === (spanId ?? 1)) ?? trace.spans[0]
  const call = span?.kind === 'attempt' ? trace.spans.find(({ id }) => id === span.parentId) : span
  return call?.call ? snippetsOfCall(call, context) : snippetsOfRequest(trace, context)
}

/** What a connection would send, without sending it. */
export function snippetsOfPrepared(
  request: Omit<SnippetRequest, 'call'>,
  {
    connection,
    params,
    ownHeaders,
  }: { connection: string } & Pick<NonNullable<SnippetRequest['call']>, 'params' | 'ownHeaders'>,
  project: Project,
): SnippetTexts {
  const dataFormat = project.outgoingRest.find(({ name }) => name === connection)?.dataFormat ?? 'json'
  const call = { connection, dataFormat, params, ownHeaders }
  return snippetsOf({ ...request, call }, spellingOfConnection(project, connection))
}

function snippetsOfRequest(trace: Trace, { project, channelsUrl }: SnippetContext): SnippetTexts {
  const { request } = trace.spans[0] ?? {}
  const channel = project?.channelRest.find(({ name }) => name === trace.channel)
  const sent = {
    method: trace.method ?? 'GET',
    url: channelsUrl.replace(/\/$/, '') + (trace.path ?? '/'),
    headers: (request?.headers ?? []).filter(([name]) => !ofOneRequest.has(name.toLowerCase())),
    ...bodyOf(request),
    traceId: trace.id,
  }
  return snippetsOf(sent, spellingOf(project, channel?.security))
}

const ofOneRequest = new Set(['x-zato-cid', 'traceparent', 'x-zato-ts-replay'])

function snippetsOfCall({ call, request }: Span, { project }: SnippetContext): SnippetTexts {
  const { connection = '', method = 'GET', url = '', params = [] } = call ?? {}
  const definition = project?.outgoingRest.find(({ name }) => name === connection)
  const headers = request?.headers ?? []
  const byName = new Map<string, string | string[]>()
  for (const { name, value } of params) {
    const before = byName.get(name)
    byName.set(name, before === undefined ? value : [before, value].flat())
  }
  const made = new Map(Object.entries(definition?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const isOwn = ([name, value]: readonly [string, string]) =>
    !madeByConnection.has(name.toLowerCase()) && made.get(name.toLowerCase()) !== value && !value.includes(redacted)
  const sent = {
    method,
    url,
    headers: headers.filter(([name]) => !ofOneRequest.has(name.toLowerCase())),
    ...bodyOf(request),
    call: {
      connection,
      dataFormat: definition?.dataFormat ?? 'json',
      params: Object.fromEntries(byName),
      ownHeaders: headers.filter((header) => isOwn(header) && !isUsual(header, definition?.dataFormat ?? 'json')),
    },
  }
  return snippetsOf(sent, spellingOfConnection(project, connection))
}

/** Headers that a connection, its credentials or the client of HTTP set. */
const madeByConnection = new Set(['user-agent', 'accept-encoding', 'idempotency-key', ...ofOneRequest])

/** Whether a connection of this format sends it by itself. */
function isUsual([name, value]: readonly [string, string], dataFormat: OutgoingDefinition['dataFormat']): boolean {
  const lower = name.toLowerCase()
  if (lower === 'accept') return dataFormat === 'json' && value === jsonAccept
  return lower === 'content-type' && value === contentTypes[dataFormat]
}

function bodyOf(request: MessageRecord | undefined): Pick<SnippetRequest, 'body' | 'missing'> {
  if (!request)
    return { missing: ['Its headers and body were not kept, because more came than could be recorded in full'] }
  const { body } = request
  if (!body) return {}
  const kept = body.base64 === undefined ? Buffer.from(body.text ?? '') : Buffer.from(body.base64, 'base64')
  return { body: kept, missing: cutNote(body) }
}

function cutNote({ bytes, keptBytes }: BodyRecord): string[] {
  return keptBytes < bytes ? [`Only ${keptBytes} of the ${bytes} bytes of the body were kept`] : []
}

function spellingOfConnection(project: Project | undefined, connection: string): Spelling {
  const definition = project?.outgoingRest.find(({ name }) => name === connection)
  return {
    ...spellingOf(project, definition?.security),
    insecure: definition && !definition.validateTls,
    caFile: definition?.tlsCa,
  }
}

/** Secrets as the variables that hold them. */
function spellingOf(project: Project | undefined, security: string | undefined): Spelling {
  const definition = project?.security.find(({ name }) => name === security)
  const secret = definition && secretOf(definition)
  if (!project || !definition || secret === undefined) return { header: () => undefined }
  const shown = variableOf(secret, project) ?? `<secret: security "${definition.name}">`
  if (definition.type === 'basic_auth') {
    return { header: () => undefined, user: [`${definition.username}:`, shown] }
  }
  const [header, value] = headerOf(definition)
  const parts = value.split(secret).flatMap((text, index): ShellPart[] => (index === 0 ? [text] : [shown, text]))
  return { header: (name) => (name.toLowerCase() === header.toLowerCase() ? parts : undefined) }
}

function headerOf(definition: SecurityDefinition): readonly [string, string] {
  const isStatic = definition.type === 'apikey' || (definition.type === 'bearer_token' && 'staticToken' in definition)
  return isStatic ? credentialHeader(definition) : ['', '']
}

function secretOf(definition: SecurityDefinition): string | undefined {
  if (definition.type === 'bearer_token') return 'staticToken' in definition ? definition.staticToken : undefined
  return definition.type === 'basic_auth' || definition.type === 'apikey' ? definition.password : undefined
}

function variableOf(secret: string, { environment }: Project): ShellPart | undefined {
  const name = Object.keys(environment).find((one) => environment[one] === secret && /^[A-Za-z_]\w*$/.test(one))
  return secret === '' || name === undefined ? undefined : { variable: name }
}
