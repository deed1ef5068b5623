import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { Mistake } from './mistake.js'

/** What a connection, or a token endpoint, trusts, and what it shows of itself. */
export interface TlsSource {
  readonly validateTls: boolean
  readonly ca?: TlsFile | undefined
  readonly clientCert?: TlsFile | undefined
  /** Of the certificate; in the same file as it, if left out. */
  readonly clientKey?: TlsFile | undefined
  readonly passphrase?: string | undefined
}

/** A PEM file, and what names it: `its tls_ca`. */
export interface TlsFile {
  readonly path: string
  readonly name: string
}

export interface TlsSettings {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
}

/** A file of this name, if there is one. */
export function tlsFile(path: string | undefined, name: string): TlsFile | undefined {
  return path === undefined ? undefined : { path, name }
}

/**
 * The TLS settings of one connection. They are given in full, so that nothing of the process changes them.
 *
 * @throws Mistake for a file that cannot be read, or that is not what it should be
 */
export function readTlsSettings({ validateTls, ca, clientCert, clientKey, passphrase }: TlsSource): TlsSettings {
  const key = clientKey ?? clientCert
  if (clientKey && !clientCert) {
    throw new Mistake('ZN504', `${clientKey.name} has no certificate`, { hint: 'name the certificate of the key too' })
  }
  const settings: TlsSettings = {
    rejectUnauthorized: validateTls,
    ...(ca && { ca: readCertificate(ca) }),
    ...(clientCert && { cert: readCertificate(clientCert) }),
    ...(key && { key: readPem(key) }),
    ...(passphrase !== undefined && { passphrase }),
  }
  if (clientCert && key) checkPair(settings, { certName: clientCert.name, keyName: key.name })
  return settings
}

function readPem({ path, name }: TlsFile): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Mistake('ZN504', `${name} "${path}" cannot be read`, { cause, hint: 'give the path of a PEM file' })
  }
}

/** Node takes a file that holds no certificate for one that trusts nobody, and says nothing. */
function readCertificate(file: TlsFile): string {
  const text = readPem(file)
  try {
    new X509Certificate(text)
    return text
  } catch (cause) {
    throw new Mistake('ZN504', `${file.name} "${file.path}" holds no certificate`, {
      cause,
      hint: 'give the path of a PEM file that begins with -----BEGIN CERTIFICATE-----',
    })
  }
}

interface PairNames {
  readonly certName: string
  readonly keyName: string
}

function checkPair({ cert, key, passphrase }: TlsSettings, { certName, keyName }: PairNames): void {
  try {
    createSecureContext({ cert, key, passphrase })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') {
      throw new Mistake('ZN504', `${keyName} does not belong to ${certName}`, {
        cause,
        hint: 'name the two of one pair',
      })
    }
    if (isAboutPassphrase(code)) {
      const [what, hint] =
        passphrase === undefined
          ? ['is encrypted', 'give its passphrase, from the environment']
          : ['cannot be decrypted', 'is it the right passphrase?']
      throw new Mistake('ZN504', `${keyName} ${what}`, { cause, hint })
    }
    throw new Mistake('ZN504', `${keyName} holds no usable key`, { cause, hint: 'give the path of a PEM file' })
  }
}

function isAboutPassphrase(code = ''): boolean {
  return (
    code === 'ERR_OSSL_BAD_DECRYPT' || code === 'ERR_MISSING_PASSPHRASE' || code.includes('INTERRUPTED_OR_CANCELLED')
  )
}
