import { type ShellPart, shellParts, shellWord } from './shell.js'

/** What curl shall send, with every secret already replaced. */
export interface CurlRequest {
  readonly method: string
  readonly url: readonly ShellPart[]
  readonly headers: readonly (readonly [name: string, value: readonly ShellPart[]])[]
  /** Credentials of Basic authentication, in place of their header: only so can the password be a variable. */
  readonly user?: readonly ShellPart[] | undefined
  readonly body?: Uint8Array | undefined
  /** How a text body is shown; its bytes are used where it is no text. */
  readonly bodyParts?: readonly ShellPart[] | undefined
  readonly insecure?: boolean | undefined
  readonly caFile?: string | undefined
}

/** Linux takes no argument of 128 KB or more. */
const longestArgument = 100_000

/**
 * The command line that sends this request. `--globoff` and `--path-as-is` keep the address as it is, `--data-raw` a body that
 * begins with `@`; headers that curl would add by itself are taken away.
 */
export function renderCurl(request: CurlRequest): string {
  const { body, bodyParts } = request
  const asText = body === undefined || (bodyParts !== undefined && isArgument(body))
  const words = [
    'curl --globoff --path-as-is -sS',
    ...methodWords(request),
    ...(request.insecure ? ['--insecure'] : []),
    ...(request.caFile === undefined ? [] : [`--cacert ${shellWord(request.caFile)}`]),
    ...(request.user ? [`-u ${shellParts(request.user)}`] : []),
    ...request.headers.map(headerWord),
    ...unwantedHeaders(request).map((name) => `-H ${shellWord(`${name}:`)}`),
    ...bodyWords(body, asText ? bodyParts : undefined),
    shellParts(request.url),
  ]
  const curl = words.join(' ')
  return asText ? curl : `printf %s ${Buffer.from(body).toString('base64')} | base64 -d | ${curl}`
}

function methodWords({ method, body, headers }: CurlRequest): string[] {
  if (method === 'HEAD') return ['--head']
  const compressed = headers.some(([name]) => name.toLowerCase() === 'accept-encoding') ? ['--compressed'] : []
  return method === 'GET' && body === undefined ? compressed : [`-X ${shellWord(method)}`, ...compressed]
}

/** curl leaves a header without a value out, unless it ends in a semicolon. */
function headerWord([name, value]: readonly [string, readonly ShellPart[]]): string {
  const isEmpty = value.every((part) => part === '')
  return `-H ${isEmpty ? shellWord(`${name};`) : shellParts([`${name}: `, ...value])}`
}

function unwantedHeaders({ headers, body }: CurlRequest): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  const added = ['Accept', 'User-Agent', ...(body === undefined ? [] : ['Content-Type', 'Expect'])]
  return added.filter((name) => !names.has(name.toLowerCase()))
}

function bodyWords(body: Uint8Array | undefined, parts: readonly ShellPart[] | undefined): string[] {
  if (body === undefined) return []
  return parts ? [`--data-raw ${shellParts(parts)}`] : ['--data-binary @-']
}

function isArgument(body: Uint8Array): boolean {
  return body.length < longestArgument && !body.includes(0)
}
