import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { platform } from 'node:process'
import { type PeerCertificate, describeCertificate } from '../../outgoing/peer-certificate.js'
import type { Check } from './report.js'

const dayMs = 24 * 60 * 60 * 1000
const soonMs = 30 * dayMs

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a PEM file; none if it cannot be read: a call says so. */
export function certificatesIn(file: string): PeerCertificate[] {
  try {
    const blocks = readFileSync(file, 'latin1').match(pem) ?? []
    return blocks.map((block) => describeCertificate(new X509Certificate(block)))
  } catch {
    return []
  }
}

/** `CN=shop, until 2027-01-31` */
export function certificateText({ subject, validTo }: PeerCertificate): string {
  return `${subject || 'no subject'}, until ${dayOf(validTo)}`
}

/** What is to be said of a certificate's life. @param what names it, such as `tls_client_cert` */
export function checkLife(
  what: string,
  { validFrom, validTo }: Pick<PeerCertificate, 'validFrom' | 'validTo'>,
  now = Date.now(),
): Check[] {
  if (validTo <= now) return [{ level: 'error', message: `${what} expired on ${dayOf(validTo)}`, hint: 'renew it' }]
  if (validFrom > now) {
    return [{ level: 'error', message: `${what} is valid from ${dayOf(validFrom)} on`, hint: 'is the clock right?' }]
  }
  if (validTo - now > soonMs) return []
  const days = Math.floor((validTo - now) / dayMs)
  const left = days === 0 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`
  return [{ level: 'warning', message: `${what} expires ${left}, on ${dayOf(validTo)}`, hint: 'renew it in time' }]
}

const forOthers = 0o077

/** What is to be said of the file of a private key. Windows has no such modes. */
export function checkKeyFile(what: string, file: string): Check[] {
  try {
    const mode = statSync(file).mode & 0o777
    if (platform === 'win32' || (mode & forOthers) === 0) return []
    const message = `${what} can be read by others than its owner (mode ${mode.toString(8)})`
    return [{ level: 'warning', message, hint: `chmod 600 ${file}` }]
  } catch {
    return []
  }
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
