import { spawn } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { basename, resolve, sep } from 'node:path'
import { ApiFailure } from './failure.js'

interface Place {
  /** Relative to the project, or absolute. */
  readonly file: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

interface Surroundings {
  /** The folder of the project. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How editors that open windows are told of a place; others are only told of the file. */
const placeArguments: readonly (readonly [editors: RegExp, args: (place: Required<Place>) => string[]])[] = [
  [
    /^(code|code-insiders|codium|vscodium|cursor|windsurf|positron)$/,
    (at) => ['--goto', `${at.file}:${at.line}:${at.column}`],
  ],
  [/^(zed|zeditor|subl|sublime_text|atom)$/, (at) => [`${at.file}:${at.line}:${at.column}`]],
  [/^(idea|webstorm|phpstorm|pycharm|goland|rider|clion|fleet)(64)?$/, (at) => ['--line', `${at.line}`, at.file]],
  [/^(gvim|mvim|emacs|emacsclient|gedit|kate|mate)$/, (at) => [`+${at.line}`, at.file]],
]

/** They need a terminal of their own, and this one is taken. */
const inTerminal = /^(vi|vim|nvim|nano|pico|micro|hx|helix|ed|joe|ne|emacs-nox|kak)$/

/**
 * Opens a file of the project in the editor of whoever runs the server: `ZATO_TS_EDITOR`, `VISUAL` or `EDITOR`, else VS Code.
 *
 * @throws ApiFailure 403 for a file that does not lie in the project, 404 for one that does not exist, 422 without an editor
 */
export async function openEditor(place: Place, { root, env }: Surroundings): Promise<void> {
  const file = await ownFile(place.file, root)
  const [command, ...args] = commandOf(env)
  const { line = 1, column = 1 } = place
  const name = basename(command).replace(/\.(exe|cmd|bat)$/i, '')
  const where = placeArguments.find(([editors]) => editors.test(name))?.[1]({ file, line, column }) ?? [file]
  const child = spawn(command, [...args, ...where], { cwd: root, stdio: 'ignore', detached: true })
  await new Promise<void>((done, fail) => {
    child.once('spawn', () => done())
    child.once('error', () => fail(noEditor(`The editor "${name}" could not be started`)))
  })
  child.unref()
}

async function ownFile(given: string, root: string): Promise<string> {
  const folder = await realpath(root)
  const file = await realpath(resolve(root, given)).catch(() => undefined)
  if (file === undefined) throw new ApiFailure(404, { code: 'not_found', message: `There is no file "${given}"` })
  if (file.startsWith(folder + sep)) return file
  throw new ApiFailure(403, { code: 'not_in_project', message: `"${given}" does not lie in the project` })
}

function commandOf(env: Surroundings['env']): [string, ...string[]] {
  const wanted = [env.ZATO_TS_EDITOR, env.VISUAL, env.EDITOR].find((one) => one && !inTerminal.test(nameOf(one)))
  const [command = 'code', ...args] = (wanted ?? 'code').trim().split(/\s+/)
  return [command, ...args]
}

function nameOf(command: string): string {
  return basename(command.trim().split(/\s+/)[0] ?? '')
}

function noEditor(message: string): ApiFailure {
  const hint = 'name one that opens windows, as in ZATO_TS_EDITOR=code zato-ts serve'
  return new ApiFailure(422, { code: 'no_editor', message, hint })
}
