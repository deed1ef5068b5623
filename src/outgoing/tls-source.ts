import type { MtlsDefinition, OutgoingDefinition } from '../project/schema.js'
import { type TlsSource, tlsFile } from './tls.js'

/** What a definition of mtls gives comes before what the connection says itself. */
export function tlsSource(definition: OutgoingDefinition, mtls: MtlsDefinition | undefined): TlsSource {
  const { validateTls, tlsCa, tlsClientCert, tlsClientKey, tlsClientKeyPassphrase } = definition
  const own = tlsFile(tlsCa, 'its tls_ca')
  if (!mtls) {
    return {
      validateTls,
      ca: own,
      clientCert: tlsFile(tlsClientCert, 'its tls_client_cert'),
      clientKey: tlsFile(tlsClientKey, 'its tls_client_key'),
      passphrase: tlsClientKeyPassphrase,
    }
  }
  return {
    validateTls,
    ca: tlsFile(mtls.caCertsPath, `ca_certs_path of "${mtls.name}"`) ?? own,
    clientCert: tlsFile(mtls.certPath, `cert_path of "${mtls.name}"`),
    clientKey: tlsFile(mtls.keyPath, `key_path of "${mtls.name}"`),
    passphrase: mtls.keyPassphrase,
  }
}
