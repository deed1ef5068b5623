import { asCurl } from './as-curl.js'
import { asHttp } from './as-http.js'
import { asTypeScript } from './as-typescript.js'
import { asZato } from './as-zato.js'
import { type SnippetRequest, type Spelling, headersToSend, hidden } from './request.js'

/** One request, in all the ways in which it can be sent again. */
export interface SnippetTexts {
  readonly curl: string
  readonly zato: string
  readonly typescript: string
  readonly http: string
  readonly url: string
  /** What has to be filled in by hand, in words. */
  readonly notes: readonly string[]
}

export function snippetsOf(request: SnippetRequest, spelling: Spelling): SnippetTexts {
  const curl = asCurl(request, spelling)
  return {
    curl,
    zato: asZato(request),
    typescript: asTypeScript(request),
    http: asHttp(request),
    url: request.url,
    notes: notesOf(request, spelling, curl),
  }
}

function notesOf(request: SnippetRequest, spelling: Spelling, curl: string): string[] {
  const unknown = headersToSend(request)
    .filter(
      ([name, value]) => value.includes(hidden) && !spelling.header(name) && !(spelling.user && isAuthorization(name)),
    )
    .map(([name]) => `Put the value of the header "${name}" in the place of <secret: ${name}>`)
  const variables = [...new Set([...curl.matchAll(/"\$([A-Za-z_]\w*)"/g)].map(([, name]) => name ?? ''))]
  const needed = variables.length > 0 ? [`The shell must know ${variables.join(', ')}: set -a; . ./.env; set +a`] : []
  const isPartlyHidden = request.url.includes(hidden) || new TextDecoder().decode(request.body).includes(hidden)
  const filled = isPartlyHidden ? [`What stands as ${hidden} was a secret: fill it in`] : []
  return [...unknown, ...needed, ...filled, ...(request.missing ?? [])]
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization'
}
