import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/** The certificate that a server has shown, or that we show. Plain data. */
export interface PeerCertificate {
  /** Such as `CN=api.example.com`; its parts separated by `, `. */
  readonly subject: string
  readonly issuer: string
  /** Milliseconds since 1970. */
  readonly validFrom: number
  readonly validTo: number
}

/** What the other end of a socket has shown; undefined without TLS. */
export function shownCertificate(socket: Duplex | null): X509Certificate | undefined {
  return socket && 'getPeerX509Certificate' in socket ? (socket as TLSSocket).getPeerX509Certificate() : undefined
}

export function describeCertificate({ subject, issuer, validFrom, validTo }: X509Certificate): PeerCertificate {
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    validFrom: Date.parse(validFrom),
    validTo: Date.parse(validTo),
  }
}

/** Node gives one part a line; a certificate without a subject has none. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').filter(Boolean).join(', ')
}
