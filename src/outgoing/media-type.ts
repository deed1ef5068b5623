/** Reading Content-Type headers. */

const jsonType = /^\s*(?:application\/json|[^;\s]+\/[^;\s]+\+json)\s*(?:;|$)/i
const charsetParameter = /;\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]+))/i

/** Whether a Content-Type says JSON: `application/json` or any type that ends in `+json`. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && jsonType.test(contentType)
}

/** The `charset` of a Content-Type, in lower case. */
export function charsetOf(contentType: string): string | undefined {
  const [, quoted, plain] = charsetParameter.exec(contentType) ?? []
  return (quoted ?? plain)?.trim().toLowerCase()
}
