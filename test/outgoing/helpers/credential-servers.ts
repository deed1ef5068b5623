import { execFileSync } from 'node:child_process'
import { OAuth2Server } from 'oauth2-mock-server'
import { type Certificates, makeCertificates } from '../../helpers/certificates.js'
import { type Nginx, startNginx } from '../../helpers/nginx.js'
import { startUpstream, unusedPort } from '../../helpers/upstream.js'

/** What the examples of docs/credentials/ refer to. */
export const variables = {
  ORDERS_PASSWORD: 'pässword: of the shop',
  ORDERS_KEY: 'key/of+the shop',
  ORDERS_TOKEN: 'token.of.the.shop',
  ORDERS_CLIENT_SECRET: 'secret: of/the+shop',
  SHOP_KEY_PASSPHRASE: 'open sesame',
}

export interface TokenRequest {
  readonly headers: Record<string, unknown>
  readonly body: Record<string, unknown>
}

export interface CredentialServers {
  readonly certificates: Certificates
  /** Addresses of APIs, by what lets a caller in. */
  readonly plain: (port: string) => string
  readonly secure: (port: string) => string
  /** Takes the tokens of `tokenEndpoint`. */
  readonly tokenApi: string
  readonly tokenEndpoint: string
  /** What `tokenEndpoint` was asked since it was last emptied. */
  readonly tokenRequests: TokenRequest[]
  /** Refuses every client. */
  readonly refusingEndpoint: string
  /** Ends TLS with an alert for a client certificate that it does not know. */
  readonly strict: string
  /** Nobody listens there. */
  readonly nobody: string
  readonly close: () => Promise<unknown>
}

const names = [
  'open',
  'basic',
  'key',
  'partner',
  'query',
  'bearer',
  'token',
  'mutual',
  'secure',
  'misnamed',
  'proxy',
  'ntlm',
]

/** Starts servers that check what they are shown. */
export async function startCredentialServers(): Promise<CredentialServers> {
  const certificates = issueCertificates()
  const nginx = await startApis(certificates)
  const authority = new OAuth2Server()
  await authority.issuer.keys.generate('RS256')
  await authority.start(0, '127.0.0.1')
  const tokenRequests: TokenRequest[] = []
  authority.service.on('beforeResponse', (_, request: TokenRequest) => tokenRequests.push(request))
  const tokenApi = await startUpstream(({ headers }) => ({
    status: /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(headers.authorization ?? '') ? 200 : 401,
  }))
  const refusing = await startUpstream(() => ({ status: 401, body: '{"error":"invalid_client"}' }))
  const strict = await startUpstream(undefined, {
    tls: { ...tlsOf(certificates), requestCert: true, rejectUnauthorized: true } as object,
  })
  return {
    certificates,
    plain: (port) => `http://127.0.0.1:${nginx.ports[port] ?? 0}`,
    secure: (port) => `https://localhost:${nginx.ports[port] ?? 0}`,
    tokenApi: tokenApi.url,
    tokenEndpoint: `${authority.issuer.url ?? ''}/token`,
    tokenRequests,
    refusingEndpoint: `${refusing.url}/token`,
    strict: strict.url,
    nobody: `http://127.0.0.1:${await unusedPort()}`,
    close: () => {
      certificates.remove()
      return Promise.all([nginx, tokenApi, refusing, strict].map((one) => one.close()).concat(authority.stop()))
    },
  }
}

function tlsOf({ read }: Certificates) {
  return { key: read('server.key'), cert: read('server.pem'), ca: read('company-ca.pem') }
}

function issueCertificates(): Certificates {
  const certificates = makeCertificates()
  certificates.issue('company-ca')
  certificates.issue('server', { by: 'company-ca' })
  certificates.issue('misnamed', { by: 'company-ca', host: 'orders.example.com' })
  certificates.issue('shop', { by: 'company-ca' })
  certificates.issue('other')
  const pass = `pass:${variables.SHOP_KEY_PASSPHRASE}`
  certificates.openssl('pkcs8', '-topk8', '-in', 'shop.key', '-out', 'shop.encrypted.key', '-passout', pass)
  return certificates
}

const basic = `
  location / { auth_basic orders; auth_basic_user_file users; try_files /none @in; }
  location @in { return 200 '{"user":"$remote_user"}'; }`
const only = (what: string, value: string) =>
  `location / { set $shown "${what}"; if ($shown != '${value}') { return 401; } return 200 '{"let":"in"}'; }`

function startApis({ read }: Certificates): Promise<Nginx> {
  const hash = execFileSync('openssl', ['passwd', '-apr1', variables.ORDERS_PASSWORD], { encoding: 'utf8' })
  const files = ['server.pem', 'server.key', 'misnamed.pem', 'misnamed.key', 'company-ca.pem'].map(
    (name) => [name, read(name)] as const,
  )
  return startNginx({
    ports: names,
    files: { users: `shop:${hash}`, ...Object.fromEntries(files) },
    http: (ports) => `
  ssl_certificate server.pem;
  ssl_certificate_key server.key;
  server { listen 127.0.0.1:${ports.open}; location / { return 200 '{"credentials":"$http_authorization"}'; } }
  server { listen 127.0.0.1:${ports.basic}; ${basic} }
  server { listen 127.0.0.1:${ports.secure} ssl; ${basic} }
  server {
    listen 127.0.0.1:${ports.misnamed} ssl;
    ssl_certificate misnamed.pem;
    ssl_certificate_key misnamed.key;
    ${basic}
  }
  server { listen 127.0.0.1:${ports.key}; ${only('$http_x_api_key', variables.ORDERS_KEY)} }
  server { listen 127.0.0.1:${ports.partner}; ${only('$http_x_partner_key$http_x_partner_id', `${variables.ORDERS_KEY}4711`)} }
  server { listen 127.0.0.1:${ports.query}; ${only('$arg_api_key', encodeURIComponent(variables.ORDERS_KEY))} }
  server { listen 127.0.0.1:${ports.bearer}; ${only('$http_authorization', `Bearer ${variables.ORDERS_TOKEN}`)} }
  server { listen 127.0.0.1:${ports.token}; ${only('$http_x_auth_token', `Token ${variables.ORDERS_TOKEN}`)} }
  server { listen 127.0.0.1:${ports.proxy}; location / { return 200 '{"asked":"$host"}'; } }
  server { listen 127.0.0.1:${ports.ntlm}; location / { add_header WWW-Authenticate NTLM always; return 401; } }
  server {
    listen 127.0.0.1:${ports.mutual} ssl;
    ssl_client_certificate company-ca.pem;
    ssl_verify_client on;
    location / { return 200 '{"client":"$ssl_client_s_dn"}'; }
  }`,
  })
}
