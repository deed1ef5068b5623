import {
  type DefinitionOf,
  type Fields,
  boolean,
  expression,
  file,
  host,
  ignored,
  mapping,
  number,
  oneOf,
  pairs,
  path,
  proxy,
  reference,
  refused,
  rows,
  secret,
  size,
  string,
  stringList,
  stringMap,
  url,
  words,
} from './fields.js'

/** What may stand in zato.yaml: the one definition behind the validator, the types, the JSON Schema and the docs. */

const megabyte = 1024 * 1024
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
const dataFormats = ['json', 'form', 'xml', 'csv', 'text'] as const

const everyItem = {
  name: string.required('Unique within its section. Services and other items refer to it by this name, exactly.', {
    example: 'Orders API',
  }),
}

export const outgoingFields = {
  ...everyItem,
  host: host.required('Scheme, host and, if need be, port. Prepended to `url_path`.', {
    example: 'https://api.example.com',
  }),
  url_path: path.defaulted('', 'Path, with `{placeholders}` that the `params` of a call fill.', {
    example: '/customers/{customer_id}/orders',
  }),
  data_format: oneOf(dataFormats).defaulted('json', 'How payloads are written and replies are read.'),
  description: string.optional('What the API is for.'),
  security: reference.optional('Name of the security definition whose credentials go with each call.', {
    to: 'security',
    aliases: ['security_name'],
  }),
  timeout: number.defaulted(60, 'Seconds from asking for a socket to the last byte of the reply.', {
    min: 0.001,
    max: 3600,
  }),
  pool_size: number.defaulted(20, 'The most sockets that are open to this API at once.', { min: 1, integer: true }),
  ping_method: oneOf(methods).defaulted('HEAD', 'Method of `conn ping`.'),
  ping_path: path.optional('Path of `conn ping`, in place of `url_path`.'),
  validate_tls: boolean.defaulted(true, 'Whether the certificate of the API must be valid.', {
    aliases: ['tls_verify'],
  }),
  tls_ca: file.optional('PEM file of the certificate authorities that this API is trusted by.'),
  tls_client_cert: file.optional(
    'PEM file of the certificate that is shown to the API, and of its key if that stands there.',
  ),
  tls_client_key: file.optional('PEM file of the key of `tls_client_cert`.'),
  tls_client_key_passphrase: secret.optional('Passphrase of the key, if it is encrypted.', {
    example: '${ORDERS_KEY_PASSPHRASE}',
  }),
  content_type: string.optional('Content-Type of what is sent, in place of the one that `data_format` implies.'),
  headers: stringMap.defaulted({}, 'Headers that go with each call; those of a call win.'),
  proxy: proxy.optional(
    'Address of the proxy in front of this API, with user name and password if it asks for them; `none` for no proxy at all. By default that of the environment: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`.',
    { example: 'http://proxy.example.com:3128' },
  ),
  json: oneOf(['native', 'lossless']).defaulted(
    'native',
    'How numbers of JSON replies are read: as numbers of JavaScript, or so that no digit is lost.',
  ),
  max_response_size: size.defaulted(64 * megabyte, 'The largest decoded reply that is accepted.', { min: 1 }),
  trace_headers: boolean.defaulted(true, 'Whether `X-Zato-CID` and `traceparent` go with each call.'),
  max_retries: number.defaulted(
    0,
    'How often a call that fails is tried again: connection failures, timeouts, 429, 502, 503 and 504; GET, HEAD, OPTIONS, PUT and DELETE only.',
    { min: 0, max: 100, integer: true },
  ),
  retry_sleep_time: number.defaulted(2, 'Seconds before the first retry; with jitter, at most 8 s each.', {
    min: 0,
    max: 3600,
  }),
  retry_backoff_threshold: number.defaulted(60, 'The most seconds that the retries of a call may wait in all.', {
    min: 0,
    max: 3600,
  }),
  retry_backoff_multiplier: number.defaulted(2, 'What each wait is multiplied by for the next.', { min: 1, max: 100 }),
  circuit_breaker: mapping({
    failures: number.required('After so many failures in a row nothing is sent for a while.', {
      min: 1,
      integer: true,
      example: 5,
    }),
    cooldown: number.defaulted(30, 'Seconds of that while; then one call finds out whether the API is well again.', {
      min: 0.1,
      max: 3600,
    }),
  }).optional(
    'When to leave an API that keeps failing in peace: `failures`, how many in a row, and `cooldown`, for how many seconds (30).',
    { example: { failures: 5, cooldown: 30 } },
  ),
  redact: mapping({
    headers: stringList.defaulted([], 'Names of headers.'),
    query: stringList.defaulted([], 'Names of query keys and form fields.'),
    json: stringList.defaulted([], 'Paths of JSON fields: `card.number`, `items[].iban`.', {
      example: ['card.number', 'items[].iban'],
    }),
  }).optional(
    'What is hidden wherever calls of this connection are shown: `headers` and `query` keys by their names, `json` fields by their paths.',
    { example: { headers: ['X-Customer'], query: ['iban'], json: ['card.number', 'items[].iban'] } },
  ),
  samples: stringMap.defaulted({}, 'Values for placeholders that `conn ping` may use.'),
  health_check_run_every: number.optional('How often `serve` pings the API; 0 for never.', {
    min: 0,
    max: 100_000,
    example: 5,
  }),
  health_check_run_unit: oneOf(['seconds', 'minutes', 'hours', 'days']).defaulted(
    'minutes',
    'Unit of `health_check_run_every`.',
  ),
  health_check_notify_on: oneOf(['failures', 'all']).defaulted('failures', 'Which results the callback is told.'),
  health_check_callback_type: oneOf(['service', 'rest']).defaulted(
    'service',
    'What is told the result of a health check: a service, or another connection, by POST.',
    { refusedValues: ['topic'] },
  ),
  health_check_callback_name: string.optional('Name of the service, or of the connection, that is told.', {
    example: 'my.health.changed',
  }),
  is_active: boolean.defaulted(true, 'An inactive connection refuses each call.'),
  method: oneOf(methods).optional('Method of a declared call that has no `request_method`.'),
  request_method: oneOf(methods).optional('Method of a declared call: of `conn.invoke`, and of `zato-ts call`.'),
  request_path_params: rows.defaulted([], 'Values for placeholders of `url_path`; those of a call win.', {
    example: [{ key: 'customer_id', value: '12345' }],
  }),
  request_query_string: rows.defaulted([], 'Query parameters that go with each call; those of a call win.', {
    example: [{ key: 'status', value: 'filter.status', mode: 'jsonata' }],
  }),
  request_headers: rows.defaulted([], 'Headers that go with each call; those of a call win.', {
    example: [{ key: 'X-Tenant', value: 'shop' }],
  }),
  request_data: expression.optional('Body of a declared call: a text, or an expression that makes it.', {
    modeField: 'request_data_mode',
    example: '{"quantity": 1}',
  }),
  request_data_mode: oneOf(['text', 'jsonata']).defaulted('text', 'How `request_data` is read.'),
  response_map: expression.optional('JSONata expression that makes the `data` of a declared call of a 2xx reply.', {
    modeField: 'response_map_mode',
    modeDefault: 'jsonata',
    example: 'orders.{ "id": id, "total": $sum(lines.price) }',
  }),
  response_map_mode: oneOf(['jsonata']).defaulted('jsonata', 'How `response_map` is read.', {
    refusedValues: ['xpath'],
  }),
  callback_type: refused('What receives the reply of a declared call.'),
  callback_name: refused('Who receives the reply of a declared call.'),
  scheduler_run_every: refused('How often a declared call runs by itself.'),
  scheduler_run_unit: ignored('Unit of `scheduler_run_every`.'),
  scheduler_start_date: ignored('When a scheduled call runs first.'),
  is_audit_log_active: ignored('Whether calls are written to Zato’s audit log.'),
} satisfies Fields

export const channelFields = {
  ...everyItem,
  service: reference.required('Name of the service that answers.', {
    to: 'service',
    example: 'my.api.get-customer-orders',
  }),
  url_path: path.required('Path that is matched as a whole; `{name}` is one segment or part of one.', {
    example: '/api/customers/{customer_id}/orders',
  }),
  method: oneOf(methods).optional('The one method that is answered; any, if left out.'),
  security: reference.optional('Name of the security definition that callers must satisfy.', { to: 'security' }),
  groups: stringList.defaulted([], 'Names of groups: a caller must satisfy one member of one of them.', {
    to: 'groups',
  }),
  data_format: oneOf(dataFormats).defaulted('json', 'How the body of a request is read.'),
  match_slash: boolean.defaulted(
    false,
    'Whether a placeholder that ends the path takes the rest of it, slashes included.',
  ),
  url_params_pri: oneOf(['path-over-qs', 'qs-over-path']).defaulted(
    'path-over-qs',
    'Which wins in `request.input`: a path parameter or a query parameter.',
  ),
  params_pri: oneOf(['channel-params-over-msg', 'msg-over-channel-params']).defaulted(
    'channel-params-over-msg',
    'Which wins in `request.input`: path and query parameters, or the payload.',
  ),
  is_active: boolean.defaulted(true, 'An inactive channel answers 404.'),
  rate_limiting: refused('Limits on how often the channel may be called.'),
  response_cache: refused(
    'Whether and how long responses are kept.',
    (value) => typeof value === 'object' && (value as { is_enabled?: unknown } | null)?.is_enabled !== true,
  ),
  is_deprecated: refused('Whether responses carry deprecation headers.'),
  deprecation_sunset: ignored('When the channel goes away.'),
  deprecation_successor: ignored('Path of the channel that replaces this one.'),
  http_accept: refused('The one Accept header that is answered.', (value) => !value || value === '*/*'),
  content_type: refused('Content-Type of responses.'),
  timeout: refused('Seconds that the service may take.'),
  merge_url_params_req: refused('Whether path and query parameters are part of the input.', (value) => value !== false),
  gateway_service_list: refused('Services that a gateway channel may run.'),
  is_audit_log_active: ignored('Whether requests are written to Zato’s audit log.'),
  should_include_in_openapi: ignored('Whether the channel is part of a generated OpenAPI document.'),
} satisfies Fields

const everySecurity = {
  ...everyItem,
  is_active: boolean.defaulted(true, 'An inactive definition makes what refers to it refuse to work.'),
  rate_limiting: refused('Limits on how often callers may use the definition.'),
  quota_tier: refused('Name of the quota tier that callers belong to.'),
}

export const basicAuthFields = {
  ...everySecurity,
  type: oneOf(['basic_auth']).required('HTTP Basic authentication (RFC 7617).'),
  username: string.required('User name.', { example: 'shop' }),
  password: secret.required('Password; `""` for an API that takes a key as the user name, and none.', {
    example: '${ORDERS_PASSWORD}',
    mayBeEmpty: true,
  }),
  realm: string.defaulted('zato', 'Realm of the challenge that a refused caller gets.'),
} satisfies Fields

export const apiKeyFields = {
  ...everySecurity,
  type: oneOf(['apikey']).required('A key in a header.'),
  header: string.defaulted('X-API-Key', 'Name of the header.'),
  password: secret.required('The key.', { example: '${PARTNER_KEY}' }),
  username: ignored('Zato’s own name for the key.'),
} satisfies Fields

export const bearerTokenFields = {
  ...everySecurity,
  type: oneOf(['bearer_token']).required('A token in a header (RFC 6750).'),
  static_token: secret.required('The token.', { example: '${BILLING_TOKEN}' }),
  static_header: string.defaulted('Authorization', 'Name of the header.'),
  static_prefix: string.defaulted('Bearer', 'What stands before the token; empty for the token alone.'),
  is_static_token: ignored('Says that the token is static, which `static_token` says already.'),
} satisfies Fields

/** A bearer token that is fetched. */
export const oauthFields = {
  ...everySecurity,
  type: oneOf(['bearer_token']).required(
    'A token that is fetched with the client credentials grant of OAuth 2 (RFC 6749, 4.4).',
  ),
  auth_server_url: url.required('Address of the token endpoint.', {
    aliases: ['auth_endpoint'],
    example: 'https://auth.example.com/oauth/token',
  }),
  username: string.required('Client id.', { example: 'shop' }),
  password: secret.required('Client secret.', { example: '${ORDERS_CLIENT_SECRET}' }),
  scopes: words.defaulted('', 'Scopes to ask for: text with blanks or line breaks between them, or a list.', {
    example: 'orders:read orders:write',
  }),
  token_endpoint_auth_method: oneOf(['client_secret_post', 'client_secret_basic']).defaulted(
    'client_secret_post',
    'Whether client id and secret stand in the body or in a header (RFC 6749, 2.3.1).',
  ),
  client_id_field: string.defaulted('client_id', 'Name of the field that holds the client id.'),
  client_secret_field: string.defaulted('client_secret', 'Name of the field that holds the client secret.'),
  grant_type: string.defaulted('client_credentials', 'What `grant_type` says.'),
  data_format: oneOf(['form', 'json']).defaulted('form', 'How the request for a token is written.'),
  extra_fields: pairs.defaulted({}, 'Further fields of the request: a list of `key=value`, or a mapping. They win.', {
    example: ['audience=https://api.example.com'],
  }),
  timeout: number.defaulted(10, 'Seconds that a request for a token may take.', { min: 0.001, max: 3600 }),
  validate_tls: boolean.defaulted(true, 'Whether the certificate of the token endpoint must be valid.'),
  tls_ca: file.optional('PEM file of the certificate authorities that the token endpoint is trusted by.'),
  issuer: ignored('Issuer of the tokens of callers.'),
  jwks_url: ignored('Where the keys are that tokens of callers are signed with.'),
  audience: ignored('Audience of the tokens of callers.'),
  claims: ignored('Claims that tokens of callers must have.'),
} satisfies Fields

export const mtlsFields = {
  ...everySecurity,
  type: oneOf(['mtls']).required('A client certificate (mutual TLS).'),
  cert_path: file.required('PEM file of the certificate, and of its key if that stands there.', {
    example: 'certificates/shop.pem',
  }),
  key_path: file.optional('PEM file of the key.', { example: 'certificates/shop.key.pem' }),
  key_passphrase: secret.optional('Passphrase of the key, if it is encrypted.', { example: '${SHOP_KEY_PASSPHRASE}' }),
  ca_certs_path: file.optional('PEM file of the certificate authorities that the API is trusted by.', {
    example: 'certificates/company-ca.pem',
  }),
  client_cert_fingerprint: ignored('Fingerprint of the certificate of callers.'),
  client_cert_subject_dn: ignored('Subject of the certificate of callers.'),
} satisfies Fields

/** Types of Zato's that are not served yet: an item of one is an error on that item. */
export const unservedSecurityTypes = ['ntlm', 'spnego', 'wss'] as const

export const groupFields = {
  ...everyItem,
  members: stringList.required('Names of security definitions.', { example: ['Partner key'] }),
  quota_tier: refused('Name of the quota tier that members belong to.'),
} satisfies Fields

export const serverFields = {
  host: string.defaulted('127.0.0.1', 'Address that the channels listen on.'),
  port: number.defaulted(11223, 'Port of the channels; 0 takes a free one.', { min: 0, max: 65535, integer: true }),
  dashboard_port: number.defaulted(8183, 'Port of the dashboard.', { min: 0, max: 65535, integer: true }),
  services: file.defaulted('services', 'Folder of the services.'),
  body_limit: size.defaulted(8 * megabyte, 'The largest body of a request that is accepted.', { min: 0 }),
  request_timeout: number.defaulted(0, 'Seconds that a request may take; 0 for no limit.', { min: 0 }),
  stall_timeout: number.defaulted(
    5,
    'Seconds without a turn of the event loop, while requests wait, after which the services are replaced; 0 for never.',
    { min: 0 },
  ),
  max_memory: size.defaulted(512 * megabyte, 'Heap that the services may use.', { min: 16 * megabyte }),
  allowed_hosts: stringList.defaulted([], 'Further values of the Host header that are answered on loopback.'),
  cors_origins: stringList.optional(
    'Origins of other sites that may call the channels; on loopback, any loopback origin by default.',
    { example: ['https://shop.example.com'] },
  ),
} satisfies Fields

export const devFields = {
  keep_traces: boolean.defaulted(false, 'Whether traces are kept on disk too.'),
  max_traces: number.defaulted(1000, 'The most traces that are kept; 0 records none.', { min: 0, integer: true }),
  max_trace_memory: size.defaulted(64 * megabyte, 'The most memory that traces may take.', { min: 0 }),
} satisfies Fields

/** Sections of Zato's enmasse files that zato-ts does not serve: a warning. */
export const ignoredSections = [
  'sql',
  'scheduler',
  'quota_tier',
  'cache',
  'email_smtp',
  'email_imap',
  'ldap',
  'odoo',
  'elastic_search',
  'jira',
  'confluence',
  'microsoft_365',
  'salesforce',
  'mongodb',
  'redis',
  'kafka',
  'amqp',
  'hl7_mllp',
  'outgoing_soap',
  'channel_soap',
  'outgoing_ftp',
  'outgoing_sftp',
  'outgoing_websockets',
  'channel_openapi',
  'channel_websockets',
  'pubsub_topic',
  'pubsub_permission',
  'pubsub_subscription',
  'rule_engine',
  'mcp',
] as const

/** What a definition says of itself beside its fields. */
export interface Refusable {
  /** Why this item refuses to work (a missing variable, something not served); undefined if it works. */
  readonly refusal?: {
    readonly code: 'missing-variable' | 'unserved' | 'inactive-security'
    readonly reason: string
    /** What to do about it, where more is known than the code says. */
    readonly advice?: string | undefined
  }
}

export type OutgoingDefinition = DefinitionOf<typeof outgoingFields> & Refusable
export type ChannelDefinition = DefinitionOf<typeof channelFields> & Refusable
export type BasicAuthDefinition = DefinitionOf<typeof basicAuthFields> & Refusable
export type ApiKeyDefinition = DefinitionOf<typeof apiKeyFields> & Refusable
export type BearerTokenDefinition = DefinitionOf<typeof bearerTokenFields> & Refusable
export type MtlsDefinition = DefinitionOf<typeof mtlsFields> & Refusable
export type OAuthDefinition = DefinitionOf<typeof oauthFields> & Refusable
/** A definition of a type that is not served: it only has a name, and refuses. */
export interface UnservedSecurityDefinition extends Refusable {
  readonly name: string
  readonly type: 'unserved'
  readonly isActive: boolean
}
/** What callers of a channel can be asked for. */
export type ChannelSecurityDefinition = BasicAuthDefinition | ApiKeyDefinition | BearerTokenDefinition
export type SecurityDefinition =
  ChannelSecurityDefinition | OAuthDefinition | MtlsDefinition | UnservedSecurityDefinition

/** Whether a definition is one of a bearer token that is fetched, and not of one that is given. */
export function isOAuth(definition: SecurityDefinition): definition is OAuthDefinition {
  return 'authServerUrl' in definition
}
export type GroupDefinition = DefinitionOf<typeof groupFields> & Refusable
export type ServerSettings = DefinitionOf<typeof serverFields>
export type DevSettings = DefinitionOf<typeof devFields>
