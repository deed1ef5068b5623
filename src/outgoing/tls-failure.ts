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
  const ofClient = clientCertificateHint(code)
  if (ofClient !== undefined) return ofClient
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'ECONNRESET') {
    return `does ${host} speak TLS? If it does not, its host begins with http://`
  }
  return 'check host, tls_ca and validate_tls of the connection'
}

/** What an API means that does not like the certificate that it was shown, or that it was shown none. */
export function clientCertificateHint(code: string): string | undefined {
  if (!code.includes('_ALERT_')) return undefined
  if (code.includes('CERTIFICATE_REQUIRED')) {
    return 'the API wants a client certificate: name it with tls_client_cert and tls_client_key, or with a security definition of type mtls'
  }
  if (code.includes('CERTIFICATE_EXPIRED')) return 'the client certificate has expired: have it renewed'
  if (code.includes('UNKNOWN_CA')) return 'the API does not know the authority of the client certificate'
  if (/BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_REVOKED|ACCESS_DENIED/.test(code)) {
    return 'the API does not accept the client certificate'
  }
  return undefined
}

function isTrustCode(code: string): boolean {
  return (
    code.startsWith('UNABLE_TO_') || code.includes('SELF_SIGNED') || code === 'INVALID_CA' || code === 'CERT_UNTRUSTED'
  )
}
