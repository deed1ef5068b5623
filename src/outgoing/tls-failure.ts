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

interface TlsSubject {
  /** Name of the item of the file whose address was called. */
  readonly name: string
  /** The field that holds the address. */
  readonly addressField: string
  readonly origin: string
}

/** What to do about it. */
export function tlsHint(code: string, { name, addressField, origin }: TlsSubject): string {
  const { host, hostname } = new URL(origin)
  if (code === 'CERT_HAS_EXPIRED') return 'the certificate of the API has expired: have it renewed'
  if (code === 'CERT_NOT_YET_VALID')
    return 'the certificate of the API is not valid yet: is the clock of this machine right?'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return `the certificate is not for "${hostname}": check ${addressField} of "${name}"`
  }
  if (isTrustCode(code)) {
    return `name the certificate authority of "${name}" with tls_ca; validate_tls: false trusts anyone, for tests only`
  }
  const agreement = clientCertificateHint(code) ?? agreementHint(code)
  if (agreement !== undefined) return agreement
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

/** What it means that the two have nothing in common. */
function agreementHint(code: string): string | undefined {
  if (code.includes('HANDSHAKE_FAILURE')) {
    return 'the API may want a client certificate (tls_client_cert, or a security definition of type mtls), or share no cipher with Node'
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|KEY_TOO_SMALL|UNSAFE_LEGACY/.test(code)) {
    return 'the API speaks TLS in no way that is still safe, such as TLS 1.2 or 1.3: have it brought up to date'
  }
  return undefined
}

function isTrustCode(code: string): boolean {
  return (
    code.startsWith('UNABLE_TO_') || code.includes('SELF_SIGNED') || code === 'INVALID_CA' || code === 'CERT_UNTRUSTED'
  )
}
