import { join } from 'node:path'
import { findProgram } from '../harness/find-program.js'
import { benchFolder } from '../harness/folders.js'
import { copyProject, product } from '../harness/product.js'
import type { Command } from '../harness/programs.js'

/** A program that is started, does one thing, and ends. */
export interface OneOff {
  readonly name: string
  readonly command: Command
  /** What its output has to hold, or the run counts for nothing. */
  readonly output: string
}

export const zatoVersion = 'zato-ts --version'
export const emptyNode = 'node -e 0'
export const zatoCall = 'zato-ts call'
export const nodeFetch = 'node, a script with one fetch'
export const httpie = 'HTTPie'

export const versions: readonly OneOff[] = [
  { name: zatoVersion, command: product(['--version']), output: '.' },
  { name: emptyNode, command: { file: process.execPath, args: ['-e', '0'] }, output: '' },
]

/** The same request by each of them; those that are not installed are left out. */
export function calls(upstream: string): readonly OneOff[] {
  const customer = '12345'
  const url = `${upstream}/customers/${customer}/orders?status=pending`
  const params = ['--params', `customer_id=${customer}`, '--params', 'status=pending']
  const zato = product(['-C', copyProject('orders'), 'call', 'Orders API', ...params])
  const header = 'X-Zato-CID: 4bf92f3577b34da6a3ce929d0e0e4736'
  const commands: readonly (readonly [string, Command])[] = [
    [zatoCall, { ...zato, env: { UPSTREAM: upstream } }],
    [nodeFetch, { file: process.execPath, args: [join(benchFolder, 'peers/one-fetch.js'), url] }],
    ...installed(httpie, 'http', ['--ignore-stdin', '--body', url, header.replace(': ', ':')]),
    ...installed('curl', 'curl', ['--silent', '--fail', '--header', header, url]),
  ]
  return commands.map(([name, command]) => ({ name, command, output: `"${customer}"` }))
}

function installed(name: string, program: string, args: readonly string[]): [string, Command][] {
  const file = findProgram(program)
  return file === undefined ? [] : [[name, { file, args }]]
}
