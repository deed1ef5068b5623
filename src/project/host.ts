import type { Finding, Range } from './source.js'

/** What is wrong with the host of a connection, if anything. Its text is never repeated: it may hold a password. */
export function hostFinding(host: string, range: Range): Finding | undefined {
  const wrong = (message: string, hint: string): Finding => ({ code: 'ZC107', message, hint, range })
  if (!/^https?:\/\//i.test(host)) {
    return wrong('The host must start with "https://" or "http://"', 'such as https://api.example.com')
  }
  if (/[\s\\]/.test(host) || hasControl(host))
    return wrong('The host holds a blank or a control character', 'remove it')
  if (/[{}]/.test(host)) return wrong('The host holds a placeholder', 'placeholders belong into url_path')
  const url = URL.canParse(host) ? new URL(host) : undefined
  if (!url) return wrong('The host is no valid address', 'such as https://api.example.com')
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(host)) {
    return wrong('The host holds a user name or a password', 'name a security definition instead')
  }
  if (/[?#]/.test(host))
    return wrong('The host holds a query or a fragment', 'they belong into url_path or into params')
  return undefined
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
