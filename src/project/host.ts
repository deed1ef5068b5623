import type { Finding, Range } from './source.js'

/** What is wrong with the host of a connection, if anything. Its text is never repeated: it may hold a password. */
export function hostFinding(host: string, range: Range): Finding | undefined {
  const example = 'such as https://api.example.com'
  return (
    addressFinding(host, range, {
      noun: 'host',
      example,
      placeholders: 'placeholders belong into url_path',
      credentials: 'name a security definition instead',
    }) ??
    findingIf(/[?#]/.test(host), range, [
      'The host holds a query or a fragment',
      'they belong into url_path or into params',
    ])
  )
}

/** What is wrong with a whole address, such as that of a token endpoint. */
export function urlFinding(name: string, url: string, range: Range): Finding | undefined {
  return (
    addressFinding(url, range, {
      noun: `address "${name}"`,
      example: 'such as https://auth.example.com/oauth/token',
      placeholders: 'write the address in full',
      credentials: 'they have fields of their own',
    }) ?? findingIf(url.includes('#'), range, [`The address "${name}" holds a fragment`, 'remove it'])
  )
}

interface AddressWords {
  readonly noun: string
  readonly example: string
  /** What to do in place of a placeholder, and in place of a user name or a password. */
  readonly placeholders: string
  readonly credentials: string
}

function addressFinding(text: string, range: Range, words: AddressWords): Finding | undefined {
  const { noun, example, placeholders, credentials } = words
  const checks: readonly (readonly [isWrong: () => boolean, message: string, hint: string])[] = [
    [() => !/^https?:\/\//i.test(text), `The ${noun} must start with "https://" or "http://"`, example],
    [() => /[\s\\\p{Cc}]/u.test(text), `The ${noun} holds a blank or a control character`, 'remove it'],
    [() => /[{}]/.test(text), `The ${noun} holds a placeholder`, placeholders],
    [() => !URL.canParse(text), `The ${noun} is no valid address`, example],
    [() => /^[a-z]+:\/\/[^/?#]*@/i.test(text), `The ${noun} holds a user name or a password`, credentials],
  ]
  const wrong = checks.find(([isWrong]) => isWrong())
  return wrong && { code: 'ZC107', message: wrong[1], hint: wrong[2], range }
}

function findingIf(isWrong: boolean, range: Range, [message, hint]: readonly [string, string]): Finding | undefined {
  return isWrong ? { code: 'ZC107', message, hint, range } : undefined
}
