import type { PeerCertificate } from '../outgoing/peer-certificate.js'
import { type Style, style } from './style.js'
import { count } from './units.js'

const dayMs = 24 * 60 * 60 * 1000
/** A certificate that ends within so many days is worth a word. */
const soonDays = 30

export interface Expiry {
  /** Whole days that are left; below 0 once it has expired. */
  readonly daysLeft: number
  readonly isExpired: boolean
  readonly isSoon: boolean
}

export function expiryOf({ validTo }: Pick<PeerCertificate, 'validTo'>, now = Date.now()): Expiry {
  const daysLeft = Math.floor((validTo - now) / dayMs)
  return { daysLeft, isExpired: validTo <= now, isSoon: validTo > now && daysLeft < soonDays }
}

/** `expires in 61 days`, `expires today`, `expired on 2026-11-20`. */
export function expiryText(certificate: Pick<PeerCertificate, 'validTo'>, now = Date.now()): string {
  const { daysLeft, isExpired } = expiryOf(certificate, now)
  if (isExpired) return `expired on ${dateText(certificate.validTo)}`
  return daysLeft === 0 ? 'expires within a day' : `expires in ${count(daysLeft, 'day')}`
}

export function expiryStyle(certificate: Pick<PeerCertificate, 'validTo'>, now = Date.now()): Style {
  const { isExpired, isSoon } = expiryOf(certificate, now)
  return isExpired ? style.red : isSoon ? style.yellow : (text) => text
}

/** A certificate as JSON has it. */
export function certificateDocument({ subject, issuer, validFrom, validTo }: PeerCertificate) {
  const date = (time: number) => new Date(time).toISOString()
  return {
    subject,
    issuer,
    validFrom: date(validFrom),
    validTo: date(validTo),
    daysLeft: expiryOf({ validTo }).daysLeft,
  }
}

/** The day, in UTC: `2026-11-20`. */
export function dateText(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
