import { shellWord } from '../output/shell.js'
import { parsePath } from '../project/path.js'

export interface CurlTarget {
  readonly urlPath: string
  readonly method?: string | undefined
}

/** A value to try a placeholder with, where the file has no sample. */
export function sampleValue(name: string): string {
  return /(^|[_-])(id|no|number)$/i.test(name) ? '12345' : 'example'
}

/** The curl command that calls a channel of the server at `url`. */
export function curlLine(url: string, { urlPath, method }: CurlTarget): string {
  const path = parsePath(urlPath).parts.map((part) => (part.kind === 'literal' ? part.text : sampleValue(part.name)))
  const body = method === 'POST' || method === 'PUT' || method === 'PATCH'
  const words = [
    'curl',
    ...(method === undefined || method === 'GET' || (method === 'POST' && body) ? [] : ['-X', method]),
    ...(body ? ['-d', '{}'] : []),
    url.replace(/\/$/, '') + path.join(''),
  ]
  return words.map(shellWord).join(' ')
}
