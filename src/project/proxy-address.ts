/** The address of a proxy, as its field or a variable writes it. */
export interface ProxyAddress {
  /** Without user name and password. */
  readonly address: string
  /** Undefined if the proxy does not ask who we are. */
  readonly user: { readonly name: string; readonly password: string } | undefined
}

/**
 * Takes an address apart. What stands before the last `@` is user name and password, whatever characters they hold: they
 * mostly come from a variable, and a slash of a password must not end the name of a host.
 */
export function splitProxy(text: string): ProxyAddress {
  const [, scheme = '', userinfo, rest = ''] = /^([a-z][a-z\d+.-]*:\/\/)?(?:(.*)@)?([^@]*)$/is.exec(text) ?? []
  const [, name = '', password = ''] = /^([^:]*):?(.*)$/s.exec(userinfo ?? '') ?? []
  const user = name + password === '' ? undefined : { name: decoded(name), password: decoded(password) }
  return { address: scheme + rest, user }
}

/** A percent sign that begins no escape is one, as it is to curl. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Variables that name a proxy, in small letters; in capitals they are the same. */
const proxyVariables = ['http_proxy', 'https_proxy', 'all_proxy'] as const

/** What must be shown nowhere of it: a user name alone is a key. */
export function proxySecret({ user }: ProxyAddress): string | undefined {
  return user && (user.password || user.name)
}

/** The secrets of the proxies that an environment names. */
export function proxySecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const names = proxyVariables.flatMap((name) => [name, name.toUpperCase()])
  return names.flatMap((name) => proxySecret(splitProxy((environment[name] ?? '').trim())) ?? [])
}
