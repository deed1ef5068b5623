/**
 * Name of a service that has none of its own, made of its file and of the name it is exported under; a default export
 * has the name of its file.
 *
 * @param module path below the services folder, without extension
 * @example deriveName('billing/get-invoice', 'GetInvoice') // 'billing.get-invoice.get-invoice'
 */
export function deriveName(module: string, exportName: string): string {
  const parts = module.split('/')
  return (exportName === 'default' ? parts : [...parts, exportName]).map(dashCase).join('.')
}

/** `GetHTTPStatus` → `get-http-status`. */
function dashCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .replace(/[\s_]+/g, '-')
    .toLowerCase()
}

/**
 * The name that the author of a class gave it. Every class has a property `name` by itself, and a bundler that keeps
 * names defines it anew, but neither makes it writable or enumerable, as a `static name = …` does.
 *
 * @returns undefined if the author gave it none; inherited names do not count
 */
export function ownName(serviceClass: object): { readonly value: unknown } | undefined {
  const property = Object.getOwnPropertyDescriptor(serviceClass, 'name')
  if (!property) return undefined
  const isAuthors = property.get !== undefined || property.writable === true || property.enumerable === true
  return isAuthors ? { value: (serviceClass as { name: unknown }).name } : undefined
}
