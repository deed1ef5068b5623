/** Which method of a service serves which HTTP method. */

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

/** The HTTP methods that a service can serve by a method of their own: `handleGET`, `handlePOST`… */
export type Verb = (typeof verbs)[number]

export interface Handlers {
  /** Whether there is a `handle`, which serves what no other does. */
  readonly handle: boolean
  /** Those with a handler of their own. */
  readonly verbs: readonly Verb[]
}

/** The handlers that instances of a class have, inherited ones included. */
export function handlersOf(serviceClass: abstract new () => unknown): Handlers {
  const prototype = serviceClass.prototype as Readonly<Record<string, unknown>>
  return {
    handle: typeof prototype.handle === 'function',
    verbs: verbs.filter((verb) => typeof prototype[`handle${verb}`] === 'function'),
  }
}

const functionField =
  /^\s*(?:this\.)?(handle(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)?)\s*=\s*(?:\/\*.*?\*\/\s*)?(?:__name\()?(?:async\b|function\b|\(|[\w$]+\s*=>)/gm

/**
 * A handler that is a field, `handle = () => …`, and so a part of each instance, not of the class. Only the text of the class
 * tells, because no instance can be made of it outside a request.
 */
export function fieldHandlerOf(serviceClass: abstract new () => unknown): string | undefined {
  const prototype = serviceClass.prototype as Readonly<Record<string, unknown>>
  const fields = String(serviceClass).matchAll(functionField)
  return [...fields].map(([, name = '']) => name).find((name) => typeof prototype[name] !== 'function')
}

/**
 * Name of the handler of a request. A handler of its own wins over `handle`; `HEAD` is served by `handleGET` before
 * `handle`. Undefined if none serves it.
 */
export function handlerOf({ handle, verbs }: Handlers, method: string): string | undefined {
  if ((verbs as readonly string[]).includes(method)) return `handle${method}`
  if (method === 'HEAD' && verbs.includes('GET')) return 'handleGET'
  return handle ? 'handle' : undefined
}

/**
 * Name of the handler that runs without HTTP: `handle`, or the only one there is, or else `handlePOST` with a payload and
 * `handleGET` without. Undefined if there is none of these.
 */
export function invokedHandlerOf(handlers: Handlers, hasPayload: boolean): string | undefined {
  const { handle, verbs } = handlers
  if (handle) return 'handle'
  const verb = verbs.length === 1 ? verbs[0] : hasPayload ? 'POST' : 'GET'
  return verb && handlerOf(handlers, verb)
}

/** Value of the `Allow` header of a service that has no `handle`. */
export function allowedMethods({ verbs: own }: Handlers): string {
  const served = verbs.filter(
    (verb) => own.includes(verb) || verb === 'OPTIONS' || (verb === 'HEAD' && own.includes('GET')),
  )
  return served.join(', ')
}
