import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Problem } from '../../src/project/problem.js'
import { type ReadResult, readProject } from '../../src/project/read.js'
import { temporaryProject } from '../helpers/temporary-project.js'

async function read(text: string, env: Record<string, string> = {}): Promise<ReadResult> {
  return readProject({ file: join(await temporaryProject({ 'zato.yaml': text }), 'zato.yaml'), env })
}

const brief = ({ code, line, column }: Problem) => `${code} ${line}:${column}`
const connection = (rest: string) => `outgoing_rest:\n  - name: A\n    host: https://a.test\n${rest}`
const channel = (rest: string) => `channel_rest:\n  - { name: A, service: s, url_path: /a, ${rest} }\n`

test('an alias of no anchor is an error, so that it cannot leave a channel open', async () => {
  for (const text of [channel('security: *typo'), channel('<<: *typo'), channel('groups: [*typo]')]) {
    const { project, problems } = await read(text)
    expect(problems.map(({ message }) => message)).toEqual(['There is no anchor of this name before this alias'])
    expect(project).toBeUndefined()
  }
})

test('what is merged in must be a mapping', async () => {
  expect((await read(connection('    <<: 5\n'))).problems.map(brief)).toEqual(['ZC104 4:9'])
  expect((await read(`x-a: &a {timeout: 1}\n${connection('    <<: [*a, 5]\n')}`)).problems.map(brief)).toEqual([
    'ZC104 5:9',
  ])
})

test('of several mappings that are merged in, the first wins, and the item over all', async () => {
  const { project } = await read(`x-a: &a { timeout: 1 }
x-b: &b { timeout: 2, pool_size: 2, url_path: /b }
outgoing_rest:
  - { <<: [*a, *b], name: A, host: "http://a.test", url_path: /own }
`)
  expect(project?.outgoingRest[0]).toMatchObject({ timeout: 1, poolSize: 2, urlPath: '/own' })
})

test.each(['password: ""', 'password: " "', 'password: "${E}"'])(
  'a definition with %s refuses to work',
  async (rest) => {
    const { project, problems } = await read(
      `security:\n  - { name: S, type: apikey, ${rest} }\n${connection('    security: S\n')}`,
      { E: '' },
    )
    expect(problems).toMatchObject([
      { code: 'ZC105', severity: 'error', scope: 'item', message: '"password" is empty' },
    ])
    expect(project?.security[0]?.refusal?.reason).toBe('"password" is empty')
  },
)

test.each([
  ['password: ""', undefined],
  ['password: "${E}"', '"password" is empty'],
])('a user name that is a key by itself, with %s: %s', async (rest, reason) => {
  const { project } = await read(`security:\n  - { name: S, type: basic_auth, username: key_1, ${rest} }\n`, { E: '' })
  expect(project?.security[0]?.refusal?.reason).toBe(reason)
})

test.each([
  ['"Bogus Header": a', '"Bogus Header" is not the name of a header'],
  ['Host: z', 'The header "Host" is set by zato-ts itself'],
  ['X-U: "中"', 'The header "X-U" holds a character outside Latin-1'],
  ['X-Token: "a\\nb"', 'The header "X-Token" holds a control character'],
])('a connection whose header %s cannot be sent refuses to work', async (header, message) => {
  const { project, problems } = await read(connection(`    headers: { Good: a, ${header} }\n`))
  expect(problems).toMatchObject([{ code: 'ZC105', scope: 'item', line: 4, message }])
  expect(project?.outgoingRest[0]?.refusal?.reason).toBe(message)
})

test('two words for one field are an error that names both', async () => {
  for (const words of [
    ['tls_verify', 'validate_tls'],
    ['validate_tls', 'tls_verify'],
  ]) {
    const { problems } = await read(connection(words.map((word) => `    ${word}: true\n`).join('')))
    expect(problems).toMatchObject([
      { code: 'ZC004', line: 5, message: `"${words[0]}" and "${words[1]}" are two words for the same` },
    ])
  }
})

test('an empty name of a security definition or a group protects nothing, and is an error', async () => {
  for (const rest of ['security: ""', 'security: "${E}"', 'groups: [""]', 'groups: ["${E}"]']) {
    const { project, problems } = await read(channel(rest), { E: '' })
    expect(problems.map(({ code }) => code)).toEqual([rest.startsWith('s') ? 'ZC202' : 'ZC206'])
    expect(project).toBeUndefined()
  }
})

test('a security key with nothing behind it is a warning', async () => {
  const { problems } = await read(
    'channel_rest:\n  - name: A\n    service: s\n    url_path: /a\n    security:\n    groups:\n',
  )
  expect(problems.map((problem) => `${problem.severity} ${brief(problem)}`)).toEqual([
    'warning ZC305 5:5',
    'warning ZC305 6:5',
  ])
})

test('a missing variable stops only what needs it, wherever it stands', async () => {
  const { project, problems, missing } = await read(`outgoing_rest:
  - { name: A, host: "\${H}", url_path: "\${P}", security: "\${S}", timeout: "\${T}" }
channel_rest:
  - { name: A, service: s, url_path: "\${P}" }
  - { name: B, service: s, url_path: "\${P}", match_slash: true }
  - { name: C, service: s, url_path: /c, method: "\${M}" }
  - { name: D, service: s, url_path: /c, method: GET }
  - { name: E, service: s, url_path: /e, security: "\${S}" }
  - { name: F, service: s, url_path: /f, groups: ["\${G}"] }
`)
  expect(new Set(problems.map(({ code, scope }) => `${code} ${scope}`))).toEqual(new Set(['ZC205 item']))
  expect(missing).toHaveLength(9)
  expect(project?.channelRest.filter(({ refusal }) => !refusal).map(({ name }) => name)).toEqual(['D'])
  expect(project?.outgoingRest[0]?.refusal?.code).toBe('missing-variable')
})

test.each([
  ['""', 'is empty'],
  ['" A"', 'begins or ends with a blank'],
  ['"A\\tB"', 'holds a control character'],
])('an item named %s is an error', async (name, problem) => {
  const { project, problems } = await read(
    `security:\n  - { name: ${name}, type: ntlm }\noutgoing_rest:\n  - { name: ${name}, host: "http://a.test" }\n`,
  )
  const messages = problems.filter(({ code }) => code === 'ZC105').map(({ message }) => message)
  expect(messages).toEqual([
    `The name of the security definition ${problem}`,
    `The name of the outgoing connection ${problem}`,
  ])
  expect(project).toBeUndefined()
})

test('names may look like numbers and dates, as they are written', async () => {
  const { project } = await read(
    'outgoing_rest:\n' +
      ['007', '0x1F', '2020-01-01', '1.0', 'yes']
        .map((name) => `  - { name: ${name}, host: "http://a.test" }\n`)
        .join(''),
  )
  expect(project?.outgoingRest.map(({ name }) => name)).toEqual(['007', '0x1F', '2020-01-01', '1.0', 'yes'])
})

test('a definition of an unserved type is found by its name, however that is written', async () => {
  const { project } = await read(
    `security:
  - { name: "\${N}", type: ntlm, username: u, password: "\${P}" }
  - { name: 5, type: ntlm, is_active: "\${ON}" }
channel_rest:
  - { name: A, service: s, url_path: /a, security: "\${N}" }
  - { name: B, service: s, url_path: /b, security: 5 }
`,
    { N: 'Windows', P: 'canary-secret', ON: 'false' },
  )
  expect(project?.channelRest.map(({ refusal }) => refusal?.code)).toEqual(['unserved', 'unserved'])
  expect(project?.secrets).toContain('canary-secret')
})

test('two spellings of one path clash; an escaped slash is no slash', async () => {
  const { problems } = await read(`channel_rest:
  - { name: A, service: s, url_path: /caf%C3%A9 }
  - { name: B, service: s, url_path: /café }
  - { name: C, service: s, url_path: /a%2Fb }
  - { name: D, service: s, url_path: /a/b }
  - { name: E, service: s, url_path: "/x/{a}" }
  - { name: F, service: s, url_path: "/x/{b}", is_active: false }
  - { name: G, service: s, url_path: "/x/{c}", method: GET }
  - { name: H, service: s, url_path: "/x/{d}", match_slash: true }
`)
  expect(problems.map(brief)).toEqual(['ZC204 3:38'])
})

test('a value that was meant for another says how to write it', async () => {
  const { problems } = await read(connection('    is_active: yes\n    timeout: "30"\n    trace_headers: "false"\n'))
  expect(problems.map(({ hint }) => hint)).toEqual([
    'write true',
    'write 30, without quotes',
    'write false, without quotes',
  ])
})

test('a boolean from the environment may be spelt as YAML spells it', async () => {
  const { project } = await read(connection('    is_active: ${A}\n    trace_headers: ${B}\n'), {
    A: 'True',
    B: 'FALSE',
  })
  expect(project?.outgoingRest[0]).toMatchObject({ isActive: true, traceHeaders: false })
})

test('a key that is no text is an error that says so', async () => {
  const { problems } = await read(connection('    ? [a]\n    : 5\n'))
  expect(problems).toMatchObject([{ code: 'ZC104', message: 'A key of the outgoing connection "A" is no text' }])
})

test('a key may be an alias, or carry an anchor', async () => {
  const { project } = await read(`x-n: &n timeout\n${connection('    *n : 5\n    &k pool_size: 3\n')}`)
  expect(project?.outgoingRest[0]).toMatchObject({ timeout: 5, poolSize: 3 })
})

test('mappings that are nested without end on one line are one error', async () => {
  const { problems } = await read(`server: {x-a: ${'y: '.repeat(50_000)}}\n`)
  expect(problems).toMatchObject([{ code: 'ZC001', message: 'Invalid YAML: Values are nested too deeply' }])
})

test('no problem carries a character that a terminal would obey', async () => {
  const { problems } = await read(
    connection('    "ev\\e[2Jil": 1\n    "ev\u001B[2Jil": 1\n    description: "\u0007"\n'),
  )
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.map(({ message, frame }) => message + frame).join('')).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/)
})

test('a secret of several lines, or one written with escapes, is in no frame', async () => {
  const { problems } = await read(`security:
  - name: A
    type: apikey
    password: |
      canary one
      cny
    tyop: 1
  - name: B
    type: apikey
    password: canary plain
      canary folded
    tyop: 1
  - { name: C, type: apikey, password: "can\\x61ry", tyop: [canary-list, { a: canary-map }] }
x-password: >
  canary folded
  canary more
srver: 1
`)
  expect(problems).toHaveLength(4)
  expect(problems.map(({ frame }) => frame).join('\n')).not.toMatch(/can|cny/)
})

test('a secret is in no frame of a file that is no YAML either', async () => {
  const { problems } = await read(
    'security:\n  - name: S\n    pasword: canary-1\n    password: |\n      canary-2\n      canary-3\n   bad: [\n',
  )
  expect(problems[0]?.code).toBe('ZC001')
  expect(JSON.stringify(problems)).not.toContain('canary')
})

const definition = (rest: string) => `security:\n  - name: S\n    type: apikey\n    ${rest}\n`
test.each([
  ['begins like an alias', 'password: *canary'],
  ['begins like an alias under a misspelt key', 'pasword: *canary'],
  ['begins like a tag', 'password: !canary'],
  ['begins like a tag under a misspelt key', 'pasword: !canary'],
  ['begins like a tag with a value', 'pasword: !canary canary-2'],
  ['begins like a tag of a prefix', 'password: !x!canary'],
  ['begins like a block', 'password: |canary'],
  ['begins with a character that may not', 'password: `canary'],
  ['holds a colon', 'password: canary-1: canary-2'],
  ['holds an escape that YAML does not know', 'password: "\\Ucanary12-3"'],
  ['stands behind a colon without a blank', 'password:canary-1'],
  ['is a list of such values', 'pasword: [*canary-1, !canary-2 x]'],
])('a secret without its quotes that %s is an error, and not shown', async (_, line) => {
  const { problems, project } = await read(definition(line))
  expect(problems.length).toBeGreaterThan(0)
  expect(project).toBeUndefined()
  expect(JSON.stringify(problems)).not.toMatch(/canary/i)
})

test('a tag that YAML does not know is an error: its value would be another one than was meant', async () => {
  const { problems } = await read(connection('    url_path: !Ref path\n'))
  expect(problems).toMatchObject([{ code: 'ZC001', line: 4, hint: 'put the value in quotes' }])
  expect(problems[0]?.frame).toContain('!Ref path')
})

test('a secret in a query of the file is in no frame and no message', async () => {
  const { problems } = await read(connection('    url_path: x?api_key=canary&a=1\n    tyop: 1\n'))
  expect(problems).toHaveLength(2)
  expect(JSON.stringify(problems)).not.toContain('canary')
})

test('a file that is included through a link, or a folder of links, is read once', async () => {
  const folder = await temporaryProject({
    'zato.yaml': `include: [a.yaml, ./a.yaml, b.yaml, loop/zato.yaml]\n${connection('')}`,
    'a.yaml': 'outgoing_rest: [{ name: B, host: "http://b.test" }]\n',
  })
  await symlink('a.yaml', join(folder, 'b.yaml'))
  await symlink('.', join(folder, 'loop'))
  const { project, problems, sources } = await readProject({ file: join(folder, 'zato.yaml'), env: {} })
  expect(problems).toEqual([])
  expect(project?.outgoingRest.map(({ name }) => name)).toEqual(['A', 'B'])
  expect(sources).toContain(join(folder, 'b.yaml'))
})

test('what is included must be a file that ends', async () => {
  const folder = await temporaryProject({ 'zato.yaml': 'include: [sub, /dev/zero, "${A"]\n' })
  await mkdir(join(folder, 'sub'))
  const { problems } = await readProject({ file: join(folder, 'zato.yaml'), env: {} })
  expect(problems.map(({ code, message }) => `${code} ${message.replace(folder, '')}`)).toEqual([
    'ZC007 The included file "/sub" cannot be read: it is no file',
    'ZC007 The included file "/dev/zero" cannot be read: it is no file',
    'ZC105 A reference to the environment is malformed',
  ])
})

test('an environment file that cannot be read is a warning', async () => {
  const folder = await temporaryProject({ 'zato.yaml': '', '.env/x': '' })
  const { project, problems } = await readProject({ file: join(folder, 'zato.yaml'), env: {} })
  expect(problems).toMatchObject([{ code: 'ZC304', severity: 'warning', file: join(folder, '.env') }])
  expect(project).toBeDefined()
})

test('merging one mapping into thousands of items takes linear time', async () => {
  const textOf = (count: number) =>
    `x-c: &c { timeout: 5 }\noutgoing_rest:\n${Array.from({ length: count }, (_, i) => `  - { <<: *c, name: C${i}, host: "http://c.test" }`).join('\n')}\n`
  const file = join(await temporaryProject({}), 'zato.yaml')
  const timeOf = async (count: number) => {
    const started = process.cpuUsage()
    await readProject({ file, env: {}, texts: new Map([[file, textOf(count)]]) })
    const { user, system } = process.cpuUsage(started)
    return user + system
  }
  await timeOf(300)
  const small = await timeOf(500)
  expect(await timeOf(4000)).toBeLessThan(small * 8 * 3)
})
