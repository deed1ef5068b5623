import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface CertificateOptions {
  /** Name of the authority that signs it; none: it signs itself, and is an authority. */
  readonly by?: string
  /** Days that it is valid from now; -1: it expired yesterday. */
  readonly days?: number
  /** Name of the host that it is for. */
  readonly host?: string
}

/** A folder of keys (`NAME.key`) and certificates (`NAME.pem`), made by OpenSSL. */
export interface Certificates {
  readonly dir: string
  /** The path of a file in it. */
  readonly path: (file: string) => string
  readonly read: (file: string) => string
  readonly write: (file: string, text: string) => void
  /** Makes a key and a certificate whose common name is `name`. */
  readonly issue: (name: string, options?: CertificateOptions) => void
  readonly openssl: (...args: readonly string[]) => void
  readonly remove: () => void
}

/** @throws Error if openssl is not installed */
export function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'certificates-'))
  const path = (file: string) => join(dir, file)
  const openssl = (...args: readonly string[]) => void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  return {
    dir,
    path,
    openssl,
    read: (file) => readFileSync(path(file), 'utf8'),
    write: (file, text) => writeFileSync(path(file), text),
    remove: () => rmSync(dir, { recursive: true }),
    issue: (name, { by, days = 30, host = 'localhost' } = {}) => {
      openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
      const isAuthority = by === undefined
      const extensions = `subjectAltName=DNS:${host}\nbasicConstraints=CA:${isAuthority ? 'TRUE' : 'FALSE'}\n`
      writeFileSync(path(`${name}.ext`), extensions)
      const signer = isAuthority
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial']
      const validity = ['-days', String(days), '-extfile', `${name}.ext`]
      openssl('x509', '-req', '-in', `${name}.csr`, ...signer, ...validity, '-out', `${name}.pem`)
    },
  }
}
