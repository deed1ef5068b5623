import { readFileSync } from 'node:fs'
import type { OutgoingDefinition } from '../project/schema.js'
import { Mistake } from './mistake.js'

export interface TlsSettings {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
}

/**
 * The TLS settings of one connection. They are given in full, so that nothing of the process changes them.
 *
 * @throws Mistake if `tls_ca` cannot be read
 */
export function readTlsSettings({
  validateTls,
  tlsCa,
}: Pick<OutgoingDefinition, 'validateTls' | 'tlsCa'>): TlsSettings {
  if (tlsCa === undefined) return { rejectUnauthorized: validateTls }
  try {
    return { rejectUnauthorized: validateTls, ca: readFileSync(tlsCa, 'utf8') }
  } catch (cause) {
    throw new Mistake('ZN504', `its tls_ca "${tlsCa}" cannot be read`, { cause, hint: 'give the path of a PEM file' })
  }
}
