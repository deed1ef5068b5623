import { relative } from 'node:path'
import { shellWord } from '../../output/shell.js'
import type { Context } from '../context.js'
import type { ServeFlags } from './flags.js'

/** The command line that was given, but for its port: it can be pasted. */
export function lineWithPort(context: Context, flags: ServeFlags, port: number): string {
  const { npm_command: npmCommand, npm_lifecycle_event: script } = context.io.env
  // The rest of the line stands in package.json.
  if (npmCommand === 'start') return `npm start -- --port ${port}`
  if (npmCommand === 'run-script' && script) return `npm run ${shellWord(script)} -- --port ${port}`
  const own = ['serve', '--port', String(port), ...flagWords(flags), ...outputWords(context)]
  const words = ['zato-ts', ...projectWords(context), ...own]
  return [...(npmCommand === 'exec' ? ['npx'] : []), ...words].map(shellWord).join(' ')
}

function projectWords({ io, cwd, configFile, envName }: Context): string[] {
  const folder = relative(io.cwd(), cwd)
  const isFlag = configFile !== undefined && configFile !== io.env.ZATO_TS_CONFIG
  return [
    ...(folder === '' ? [] : ['-C', folder]),
    ...(isFlag ? ['-c', configFile] : []),
    ...(envName === undefined ? [] : ['--env', envName]),
  ]
}

function flagWords({
  host,
  watch,
  poll,
  inspect,
  dashboard,
  dashboardPort,
  open,
  keepTraces,
  drain,
}: ServeFlags): string[] {
  return [
    ...(host === undefined ? [] : ['--host', host]),
    ...(watch ? [] : ['--no-watch']),
    ...(poll ? ['--poll'] : []),
    ...(inspect === undefined ? [] : inspect === true ? ['--inspect'] : ['--inspect', String(inspect)]),
    ...(dashboardPort === undefined ? [] : ['--dashboard-port', String(dashboardPort)]),
    ...(dashboard ? [] : ['--no-dashboard']),
    ...(open ? ['--open'] : []),
    ...(keepTraces ? ['--keep-traces'] : []),
    ...(drain === undefined ? [] : ['--drain', String(drain)]),
  ]
}

function outputWords({ json, verbose, quiet }: Context): string[] {
  return [...(json ? ['--json'] : []), ...(verbose ? ['--verbose'] : []), ...(quiet ? ['--quiet'] : [])]
}
