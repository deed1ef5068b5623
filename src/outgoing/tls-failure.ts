/** Saying in words why TLS failed. */

const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
])

/** Whether an error of Node with this code is about TLS. */
export function isTlsCode(code: string): boolean {
  return certificateCodes.has(code) || /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_)/.test(code) || code === 'EPROTO'
}

/** What to do about it. */
export function tlsHint(code: string, { connection, origin }: { connection: string; origin: string }): string {
  const { host, hostname } = new URL(origin)
  if (code === 'CERT_HAS_EXPIRED') return 'the certificate of the API has expired: have it renewed'
  if (code === 'CERT_NOT_YET_VALID')
    return 'the certificate of the API is not valid yet: is the clock of this machine right?'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return `the certificate is not for "${hostname}": is it the right host?`
  }
  if (isTrustCode(code)) {
    return `name the certificate authority of "${connection}" with tls_ca; validate_tls: false trusts anyone, for tests only`
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'ECONNRESET') {
    return `does ${host} speak TLS? If it does not, its host begins with http://`
  }
  return 'check host, tls_ca and validate_tls of the connection'
}

function isTrustCode(code: string): boolean {
  return (
    code.startsWith('UNABLE_TO_') || code.includes('SELF_SIGNED') || code === 'INVALID_CA' || code === 'CERT_UNTRUSTED'
  )
}
