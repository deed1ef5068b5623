import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/project/problem.js'
import { type ReadOptions, type ReadResult, loadProject, readProject } from '../../src/project/read.js'
import { temporaryProject } from '../helpers/temporary-project.js'

type Files = Readonly<Record<string, string | Uint8Array>>

async function read(files: Files | string, options: Partial<ReadOptions> = {}): Promise<ReadResult> {
  const folder = await temporaryProject(typeof files === 'string' ? { 'zato.yaml': files } : files)
  return readProject({ file: join(folder, 'zato.yaml'), env: {}, ...options })
}

const brief = ({ code, line, column }: Problem) => `${code} ${line}:${column}`

test('a small file is read with every default in place', async () => {
  const { project, problems } = await read('outgoing_rest:\n  - name: Orders API\n    host: https://api.example.com\n')
  expect(problems).toEqual([])
  expect(project?.outgoingRest).toEqual([
    expect.objectContaining({
      name: 'Orders API',
      host: 'https://api.example.com',
      urlPath: '',
      dataFormat: 'json',
      timeout: 60,
      poolSize: 20,
      pingMethod: 'HEAD',
      validateTls: true,
      maxResponseSize: 67_108_864,
      isActive: true,
    }),
  ])
  expect(project?.server).toMatchObject({ host: '127.0.0.1', port: 11223, requestTimeout: 0, stallTimeout: 5 })
})

test('the result is frozen through and through, and crosses a process as it is', async () => {
  const { project } = await read('outgoing_rest:\n  - name: A\n    host: http://a.test\n    headers: {X-A: b}\n')
  expect(Object.isFrozen(project?.outgoingRest[0]?.headers)).toBe(true)
  expect(JSON.parse(JSON.stringify(project))).toEqual(JSON.parse(JSON.stringify(structuredClone(project))))
})

test('ten mistakes are ten problems, each at its place', async () => {
  const { project, problems } = await read(`outgoing_rest:
  - name: Orders API
    host: api.example.com
    data_fromat: json
    timeout: 9000
    security: Missing
  - name: Orders API
    host: https://u:p@example.com
    url_path: /a/{b
    pool_size: many
channel_rest:
  - name: A
    url_path: /x/{a}
  - name: B
    service: s
    url_path: /x/{b}
`)
  expect(project).toBeUndefined()
  expect(problems.map(brief)).toEqual([
    'ZC107 3:11',
    'ZC102 4:5',
    'ZC105 5:14',
    'ZC202 6:15',
    'ZC201 7:11',
    'ZC107 8:11',
    'ZC106 9:18',
    'ZC104 10:16',
    'ZC103 12:5',
    'ZC204 16:15',
  ])
  expect(problems[1]?.hint).toBe('did you mean "data_format"?')
  expect(problems[1]?.frame).toContain('4 |     data_fromat: json\n  |     ^^^^^^^^^^^')
  expect(problems[5]?.frame).not.toContain('u:p@')
})

const oneClearError: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['a second document', 'server: {}\n---\nserver: {}\n', 'ZC002'],
  ['a tab as indentation', 'server:\n\tport: 1\n', 'ZC001'],
  ['a list at the top', '- a\n- b\n', 'ZC003'],
  ['text at the top', 'just text\n', 'ZC003'],
  ['a key that stands twice', 'server: {}\nserver: {}\n', 'ZC004'],
  ['a circle of aliases', 'x-a: &a\n  - *a\n', 'ZC005'],
  ['unquoted braces', 'outgoing_rest:\n  - name: A\n    host: {{x}}\n', 'ZC006'],
  ['a file that is not UTF-8', Uint8Array.from([0x73, 0xff, 0xfe]), 'ZC007'],
  ['an unknown section', 'outgoing_rst: []\n', 'ZC101'],
  ['brackets without end', `x-a: ${'['.repeat(50_000)}`, 'ZC001'],
  ['dashes without end', `x-a:\n  ${'- '.repeat(50_000)}`, 'ZC001'],
  [
    'a bomb of aliases',
    `x-0: &a0 [1,2,3,4,5,6,7,8,9]\n${Array.from({ length: 12 }, (_, i) => `x-${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`).join('\n')}\n`,
    'ZC005',
  ],
]

test.each(oneClearError)('%s is one clear error', async (_, text, code) => {
  const { project, problems } = await read({ 'zato.yaml': text })
  expect(problems.map((problem) => problem.code)).toEqual([code])
  expect(project).toBeUndefined()
})

test('an empty file, or one with comments only, is an empty project', async () => {
  for (const text of ['', '# nothing yet\n', '---\n', '\uFEFF# with a mark\n']) {
    expect((await read(text)).project?.outgoingRest).toEqual([])
  }
})

test('a file that does not exist is a problem, and a rejection of loadProject', async () => {
  const file = join(await temporaryProject({}), 'zato.yaml')
  expect((await readProject({ file, env: {} })).problems.map(({ code }) => code)).toEqual(['ZC007'])
  await expect(loadProject({ file, env: {} })).rejects.toMatchObject({ code: 'ZC007', exitCode: 2 })
})

test('lines end in CRLF as well', async () => {
  const { problems } = await read('outgoing_rest:\r\n  - name: A\r\n    host: https://a.test\r\n    tiemout: 3\r\n')
  expect(problems.map(brief)).toEqual(['ZC102 4:5'])
})

test('anchors, aliases and merge keys mean what YAML says', async () => {
  const { project, problems } = await read(`x-common: &common
  host: https://a.test
  timeout: 5
outgoing_rest:
  - <<: *common
    name: A
  - <<: *common
    name: B
    timeout: 7
`)
  expect(problems).toEqual([])
  expect(project?.outgoingRest.map(({ host, timeout }) => [host, timeout])).toEqual([
    ['https://a.test', 5],
    ['https://a.test', 7],
  ])
})

test('included files add to the sections, and their problems name them', async () => {
  const result = await read({
    'zato.yaml': 'include: [more/a.yaml]\noutgoing_rest:\n  - { name: A, host: "http://a.test" }\n',
    'more/a.yaml': 'include: [b.yaml]\noutgoing_rest:\n  - { name: B, host: "http://b.test" }\n',
    'more/b.yaml': 'outgoing_rest:\n  - { name: C, host: "http://c.test", x: 1 }\n',
  })
  expect(result.problems.map(({ file, code }) => [file.split('/').at(-1), code])).toEqual([['b.yaml', 'ZC102']])
  expect(result.sources.map((file) => file.split('/').slice(-1)[0])).toEqual(
    expect.arrayContaining(['zato.yaml', 'a.yaml', 'b.yaml', '.env', '.env.local']),
  )
})

test('a circle of includes, and a missing one, are errors that show the chain', async () => {
  const circle = await read({ 'zato.yaml': 'include: [a.yaml]\n', 'a.yaml': 'include: [zato.yaml]\n' })
  expect(circle.problems).toMatchObject([
    { code: 'ZC008', message: expect.stringMatching(/zato\.yaml → .*a\.yaml → .*zato\.yaml/) as string },
  ])
  const missing = await read({ 'zato.yaml': 'include: [a.yaml]\n', 'a.yaml': 'include: [nowhere.yaml]\n' })
  expect(missing.problems).toMatchObject([
    { code: 'ZC007', message: expect.stringMatching(/nowhere\.yaml.*zato\.yaml → .*a\.yaml/) as string },
  ])
})

test('a file that two others include is read once', async () => {
  const { project, problems } = await read({
    'zato.yaml': 'include: [a.yaml, b.yaml]\n',
    'a.yaml': 'include: [c.yaml]\n',
    'b.yaml': 'include: [c.yaml]\n',
    'c.yaml': 'outgoing_rest:\n  - { name: C, host: "http://c.test" }\n',
  })
  expect(problems).toEqual([])
  expect(project?.outgoingRest).toHaveLength(1)
})

test('environment files win over each other in order, and the real environment over all', async () => {
  const files = {
    'zato.yaml':
      'outgoing_rest:\n  - { name: A, host: "http://a.test", description: "$' + '{V} $' + '{W} $' + '{X}" }\n',
    '.env': 'V=1\nW=1\nX=1\n',
    '.env.local': 'V=2\nW=2\n',
    '.env.test': 'V=3\n',
  }
  const description = async (options: Partial<ReadOptions>) =>
    (await read(files, options)).project?.outgoingRest[0]?.description
  expect(await description({})).toBe('2 2 1')
  expect(await description({ envName: 'test' })).toBe('3 2 1')
  expect(await description({ envName: 'test', env: { V: 'real' } })).toBe('real 2 1')
})

test('a value that is one reference takes the type of its field; a password stays text', async () => {
  const { project, problems } = await read(
    `security:
  - { name: S, type: basic_auth, username: u, password: \${P} }
outgoing_rest:
  - { name: A, host: "http://a.test", timeout: \${T}, is_active: \${ON:-false} }
`
      .replaceAll('${P}', '"${P}"')
      .replaceAll('${T}', '"${T}"')
      .replaceAll('${ON:-false}', '"${ON:-false}"'),
    { env: { T: '2.5', P: '123456' } },
  )
  expect(problems).toEqual([])
  expect(project?.outgoingRest[0]).toMatchObject({ timeout: 2.5, isActive: false })
  expect(project?.security[0]).toMatchObject({ password: '123456' })
  expect(project?.secrets).toContain('123456')
})

test('a missing variable makes only what needs it refuse to work', async () => {
  const { project, problems, missing } = await read(`security:
  - { name: S, type: apikey, password: "\${KEY:?ask the partner}" }
outgoing_rest:
  - { name: Needs, host: "http://a.test", security: S }
  - { name: Free, host: "http://b.test" }
channel_rest:
  - { name: C, service: s, url_path: /c, security: S }
`)
  expect(problems).toMatchObject([
    { code: 'ZC205', scope: 'item', severity: 'error', message: expect.stringContaining('ask the partner') as string },
  ])
  expect(missing).toMatchObject([{ name: 'KEY', section: 'security', item: 'S', line: 2 }])
  expect(project?.outgoingRest.map(({ name, refusal }) => [name, refusal?.code])).toEqual([
    ['Needs', 'missing-variable'],
    ['Free', undefined],
  ])
  expect(project?.channelRest[0]?.refusal?.code).toBe('missing-variable')
})

test('what needs an inactive security definition refuses to work', async () => {
  const { project } = await read(`security:
  - { name: S, type: apikey, password: long-enough, is_active: false }
channel_rest:
  - { name: C, service: s, url_path: /c, security: S }
`)
  expect(project?.channelRest[0]?.refusal?.code).toBe('inactive-security')
})

test('the password of a proxy is a secret, wherever the proxy is named', async () => {
  const env = {
    HTTPS_PROXY: 'http://shop:pass/word%20one@p.test:3128',
    all_proxy: 'only-a-key@p.test',
    PW: 'a/b@c:d#e',
  }
  const { project } = await read(
    "outgoing_rest: [{ name: A, host: 'https://a.test', proxy: 'http://shop:${PW}@p.test:3128' }]",
    { env },
  )
  expect(project?.secrets).toEqual(expect.arrayContaining(['pass/word one', 'only-a-key', 'a/b@c:d#e']))
  expect(project?.outgoingRest[0]?.refusal).toBeUndefined()
})

test('NTLM is refused, with what to do in its place', async () => {
  const { problems, project } =
    await read(`security: [{ name: W, type: ntlm, username: 'D\\\\u', password: long-enough }]
outgoing_rest: [{ name: A, host: 'https://a.test', security: W }]`)
  expect(project?.outgoingRest[0]?.refusal).toMatchObject({
    reason: 'The security type "ntlm" is not served yet (security definition "W")',
    advice: expect.stringMatching(/^ask the API for basic_auth over TLS, or put a proxy/) as string,
  })
  expect(problems.map(({ code, scope, message, hint }) => [code, scope, message, hint])).toEqual([
    [
      'ZC301',
      'item',
      'The security type "ntlm" is not served yet',
      expect.stringMatching(/refuses to work with it: ask the API for basic_auth over TLS, or put a proxy/) as string,
    ],
  ])
})

test('a file of Zato with everything in it loads; what is not served is named', async () => {
  const { project, problems } = await read(`security:
  - { name: Basic, type: basic_auth, username: u, password: long-enough, realm: r }
  - { name: Key, type: apikey, username: u, password: long-enough, header: X-K }
  - { name: Dynamic, type: bearer_token, username: id, password: long-secret, auth_server_url: "https://auth.test/token", client_id_field: a, client_secret_field: b, grant_type: client_credentials, data_format: form, scopes: a, extra_fields: [k=v] }
  - { name: JWT, type: bearer_token, auth_server_url: "https://auth.test", issuer: i, jwks_url: "https://auth.test/jwks", audience: a, claims: [n=v] }
  - { name: Static, type: bearer_token, is_static_token: true, static_token: long-enough, static_header: Authorization, static_prefix: bearer }
  - { name: Mutual, type: mtls, cert_path: a, key_path: b, ca_certs_path: c, client_cert_fingerprint: d, client_cert_subject_dn: e }
  - { name: Windows, type: ntlm, username: 'd\\u', password: long-enough }
  - { name: Kerberos, type: spnego, principal: p, keytab_path: k, target_spn: t, needs_delegation: false }
groups:
  - { name: Partners, members: [Key] }
channel_rest:
  - name: Everything
    service: s
    url_path: /a/{b}
    method: GET
    data_format: json
    is_active: true
    security: Basic
    groups: [Partners]
    match_slash: false
    merge_url_params_req: true
    url_params_pri: qs-over-path
    params_pri: channel-params-over-msg
    is_audit_log_active: true
    should_include_in_openapi: true
    is_deprecated: false
    deprecation_sunset: ''
    deprecation_successor: ''
    response_cache: { is_enabled: false, ttl: 5 }
  - { name: Limited, service: s, url_path: /l, rate_limiting: [{ cidr_list: [] }] }
  - { name: Accepts, service: s, url_path: /m, http_accept: text/xml }
outgoing_rest:
  - name: Plain
    host: https://a.test
    url_path: /x
    is_active: true
    security_name: Basic
    data_format: json
    content_type: application/json
    timeout: 60
    ping_method: GET
    pool_size: 20
    method: GET
    tls_verify: true
    is_audit_log_active: true
    max_retries: 0
    retry_sleep_time: 2
    retry_backoff_threshold: 60
    retry_backoff_multiplier: 2
    request_query_string: []
    request_data: ''
    response_map: ''
  - { name: Mapped, host: "https://a.test", response_map: "$.a" }
  - { name: XPath, host: "https://a.test", response_map: "/orders/order[@id]", response_map_mode: xpath }
  - { name: Declared, host: "https://a.test", request_method: POST, callback_type: service, callback_name: s, scheduler_run_every: 5, health_check_run_every: 1 }
  - { name: Token, host: "https://a.test", security: Dynamic }
sql:
  - name: Not ours
scheduler: []
`)
  const errors = problems.filter(({ severity }) => severity === 'error')
  expect(errors.every(({ code, scope }) => code === 'ZC301' && scope === 'item')).toBe(true)
  const refusing = [...(project?.outgoingRest ?? []), ...(project?.channelRest ?? [])].filter(({ refusal }) => refusal)
  expect(refusing.map(({ name }) => name)).toEqual(['XPath', 'Declared', 'Limited', 'Accepts'])
  expect(project?.security.filter(({ refusal }) => refusal).map(({ name }) => name)).toEqual([
    'JWT',
    'Windows',
    'Kerberos',
  ])
  expect(
    problems
      .filter(({ severity }) => severity === 'warning')
      .map(({ message }) => message)
      .join('\n'),
  ).toMatch(/section "sql"/)
})

test('a secret in the file is in no problem and no frame', async () => {
  const { problems } = await read(`security:
  - name: S
    type: basic_auth
    username: u
    password: canary-1-secret
    pasword: canary-2-secret
    pass word: "canary-3-secret"
outgoing_rest:
  - { name: A, host: "https://u:canary-4-secret@a.test", secret: canary-1-secret }
`)
  expect(problems.length).toBeGreaterThan(2)
  expect(JSON.stringify(problems)).not.toMatch(/canary-\d/)
})

test('a header of a connection that holds a secret by its name is a secret', async () => {
  const { project } = await read(
    `outgoing_rest:
  - { name: A, host: "http://a.test", headers: { X-Auth-Token: "\${T}", X-Team: shop } }
`,
    { env: { T: 'canary-token' } },
  )
  expect(project?.secrets).toEqual(['canary-token'])
})

test('no text makes the reader reject or hang, and every place lies in the file', async () => {
  const word = fc.constantFrom(
    'outgoing_rest',
    'channel_rest',
    'security',
    'name',
    'host',
    ':',
    '-',
    '&a',
    '*a',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '\n',
    '\n  ',
    '\t',
    '#',
    '<<',
    '${X}',
    '${',
    '---',
    '%',
    '!!binary',
    'https://a',
    '\r\n',
    '\u0000',
    'é',
  )
  const folder = await temporaryProject({})
  const file = join(folder, 'zato.yaml')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 40 }), async (words) => {
      const text = words.join(' ')
      const { problems } = await readProject({ file, env: {}, texts: new Map([[file, text]]) })
      for (const { line, column, length } of problems) {
        expect(line).toBeGreaterThanOrEqual(1)
        expect(line).toBeLessThanOrEqual(text.split('\n').length)
        expect(column).toBeGreaterThanOrEqual(1)
        expect(length).toBeGreaterThanOrEqual(1)
      }
    }),
    { numRuns: 500 },
  )
})

test('a thousand channels and a thousand connections are read in linear time', async () => {
  const textOf = (count: number) =>
    [
      'outgoing_rest:',
      ...Array.from(
        { length: count },
        (_, i) => `  - name: C${i}\n    host: https://h${i}.test\n    url_path: /a/{b}/${i}`,
      ),
      'channel_rest:',
      ...Array.from({ length: count }, (_, i) => `  - name: H${i}\n    service: s${i}\n    url_path: /a/{b}/${i}`),
    ].join('\n')
  const file = join(await temporaryProject({}), 'zato.yaml')
  const timeOf = async (count: number) => {
    const started = process.cpuUsage()
    const { project } = await readProject({ file, env: {}, texts: new Map([[file, textOf(count)]]) })
    expect(project?.channelRest).toHaveLength(count)
    const { user, system } = process.cpuUsage(started)
    return user + system
  }
  await timeOf(200)
  const small = await timeOf(500)
  expect(await timeOf(2000)).toBeLessThan(small * 4 * 3)
})

describe('what can be checked of a project that cannot be served', () => {
  const sound = async (text: string) => (await read(text)).sound

  test('is all that has no mistake, and that leans on nothing that has', async () => {
    const left = await sound(`security:
  - { name: Good, type: apikey, password: x }
  - { name: Bad, type: apikey, password: [x] }
outgoing_rest:
  - { name: A, host: 'http://a', security: Good }
  - { name: B, host: 'http://b', security: Bad }
  - { name: C, host: 'http://c', headers: [x] }
  - { name: A, host: 'http://second' }
channel_rest:
  - { name: One, url_path: /one, service: one }
  - [two]
`)
    expect(left?.outgoingRest.map(({ name, host }) => [name, host])).toEqual([['A', 'http://a']])
    expect(left?.channelRest.map(({ name }) => name)).toEqual(['One'])
    expect(left?.security.map(({ name }) => name)).toEqual(['Good'])
  })

  test('is the project itself, where that can be served', async () => {
    const result = await read('channel_rest: []\n')
    expect(result.sound).toBe(result.project)
  })

  test('is nothing, where it is not known what there is, or where the services are', async () => {
    for (const text of ['channel_rest: [\n', 'server: [x]\n', 'include: [none.yaml]\n', 'servre: { services: x }\n'])
      expect([text, await sound(text)]).toEqual([text, undefined])
  })
})
