import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Serving, serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { channels, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

/**
 * Systems that tell of no changes, or of no more of them, in namespaces of Linux: with a limit of inotify that is that of one process
 * alone, and with an overlay, which does not tell of what is written below it.
 */

const files = { 'zato.yaml': channels('a'), 'services/a.ts': service('a', `return 'first'`) }

const inNamespace = ['unshare', '--user', '--map-root-user', '--mount']
/** Runs a line of sh, which becomes what follows it. */
const after = (line: string) => [...inNamespace, 'sh', '-c', `${line} && exec "$@"`, 'sh']

/** Why this system cannot show it; undefined if it can. */
function obstacle(line: string): string | undefined {
  if (process.platform !== 'linux') return 'there are no namespaces here'
  const [program, ...args] = [...after(line), 'true']
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 ? undefined : `the system forbids it: ${error?.message ?? stderr.trim()}`
}

interface Watched {
  readonly server: Serving
  /** Saves the service, whose reply is to be `text`. */
  readonly save: (text: string) => Promise<void>
  readonly answers: (text: string) => Promise<unknown>
  readonly warnings: () => unknown[]
}

function watched(server: Serving, folder: string): Watched {
  onTestFinished(() => void server.process.kill('SIGKILL'))
  const get = async () => (await fetch(`${server.url}a`)).text()
  return {
    server,
    save: (text) => writeFile(join(folder, 'services/a.ts'), service('a', `return '${text}'`)),
    answers: (text) => until(async () => (await get()) === text),
    warnings: () => server.events().flatMap(({ level, message }) => (level === 'warn' ? [message] : [])),
  }
}

/** What a process has asked to be told of. */
function watchesOf(pid = 0): number {
  const watches = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    if (linkOf(`/proc/${pid}/fd/${fd}`) !== 'anon_inode:inotify') return []
    return readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8').match(/^inotify wd/gm) ?? []
  })
  return watches.length
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

const tooMany =
  'The system watches no more files for this user, so they are looked at ten times a second from now on (as with --poll)'
const silent =
  'The system does not tell of changes here, so files are looked at ten times a second from now on (as with --poll)'

/** Longer than a load and the look that follows it. */
const betweenSavesMs = 1000

const limits = [
  ['no file can be watched', 'echo 0 > /proc/sys/user/max_inotify_instances'],
  ['only two files can be watched', 'echo 2 > /proc/sys/user/max_inotify_watches'],
] as const

for (const [what, line] of limits) {
  test(`where ${what}, files are looked at, and that is said once`, async ({ skip }) => {
    const reason = obstacle(line)
    if (reason !== undefined) skip(reason)
    const root = await temporaryProject(files)
    const { server, save, answers, warnings } = watched(await serve(root, [], {}, { inside: after(line) }), root)
    for (const text of ['second', 'third']) {
      await save(text)
      await answers(text)
    }
    expect(warnings()).toEqual([tooMany])
    expect(await server.stop()).toBe(0)
  })
}

/** A folder that the server sees as another one, in which changes are told of to nobody. */
async function overlay() {
  const root = await temporaryProject({ 'lower/.keep': '', ...inFolder('upper', files) })
  for (const name of ['work', 'seen']) await mkdir(join(root, name))
  const layers = `lowerdir=${root}/lower,upperdir=${root}/upper,workdir=${root}/work`
  return {
    line: `mount -t overlay overlay -o ${layers} ${root}/seen`,
    below: join(root, 'upper'),
    seen: join(root, 'seen'),
  }
}

test('where no change is told of, files are looked at, and that is said once', async ({ skip }) => {
  const { line, below, seen } = await overlay()
  const reason = obstacle(line)
  if (reason !== undefined) skip(reason)
  const { server, save, answers, warnings } = watched(await serve(seen, [], {}, { inside: after(line) }), below)
  // What changes before the first look is not noticed, so more than one save may be needed. Each leaves time to be found: every
  // load is followed by a look of its own, and as long as that finds something new, whether changes are told of is not asked.
  let saves = 0
  let savedAt = -Infinity
  await until(async () => {
    if (performance.now() - savedAt > betweenSavesMs) {
      await save(`changed ${++saves}`)
      savedAt = performance.now()
    }
    return warnings().length > 0
  })
  for (const text of ['second', 'third']) {
    await save(text)
    await answers(text)
  }
  expect(warnings()).toEqual([silent])
  expect(await server.stop()).toBe(0)
})

test('--poll looks at files from the first, where no change is told of too, and asks for no telling', async ({
  skip,
}) => {
  const { line, below, seen } = await overlay()
  const reason = obstacle(line)
  if (reason !== undefined) skip(reason)
  const { server, save, answers, warnings } = watched(await serve(seen, ['--poll'], {}, { inside: after(line) }), below)
  for (const text of ['second', 'third']) {
    await save(text)
    await answers(text)
  }
  expect(warnings()).toEqual([])
  expect(watchesOf(server.process.pid)).toBe(0)
  expect(await server.stop()).toBe(0)
})

function inFolder(folder: string, all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [join(folder, path), text]))
}
