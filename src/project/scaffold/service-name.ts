import { UsageError } from '../../errors.js'

/** What a service's name says about where it lives. */
export interface NamedService {
  /** Below the services' folder, with `/`: each part but the last is a folder. */
  readonly path: string
  readonly className: string
}

/**
 * Where a service of this name is put, and what its class is called: each dot is a folder, the last part the file.
 *
 * @throws UsageError ZU001 for a name that makes no path or no class
 * @example placeService('my.api.get-orders') // { path: 'my/api/get-orders.ts', className: 'GetOrders' }
 */
export function placeService(name: string): NamedService {
  const parts = name.split('.')
  const words = parts.map(wordsOf)
  if (parts.some((part) => !partPattern.test(part)) || !/^[a-z]/i.test(parts.at(-1) ?? '')) throw badName(name)
  return {
    path: `${words.map((part) => part.join('-')).join('/')}.ts`,
    className: classNameOf(words.at(-1) ?? []),
  }
}

/** What the templates use themselves; a class of such a name would hide it. */
const taken = new Set(['Service', 'HttpStatus', 'Error'])

function classNameOf(words: readonly string[]): string {
  const name = words.map(capitalize).join('')
  return taken.has(name) ? `${name}Service` : name
}

/** A part begins and ends with a letter or digit, so that it is never `..`, a dot file or `__tests__`. */
const partPattern = /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/i

/** `getOrders`, `get_orders` and `get-orders` → `['get', 'orders']` */
function wordsOf(part: string): string[] {
  return part
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[_-]+/)
    .filter(Boolean)
}

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function badName(name: string): UsageError {
  return new UsageError('ZU001', `The service name "${name}" cannot be used`, {
    hint: 'write dotted words of letters, digits, "-" and "_", the last one beginning with a letter: my.api.get-orders',
  })
}
