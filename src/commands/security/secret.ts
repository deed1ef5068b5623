import { dirname, join } from 'node:path'
import { UsageError } from '../../errors.js'
import { setEnvValue } from '../../project/env-file.js'
import type { Context } from '../context.js'
import { readSource } from '../input.js'
import { openPrompts } from '../prompts.js'

/** Where the secret of a new definition comes from. */
export interface SecretFlags {
  readonly passwordEnv?: string
  readonly passwordFile?: string
}

export interface SecretSource {
  /** Variable that the project file refers to. */
  readonly variable: string
  /** What .env gets; absent if the variable is the user's own affair. */
  readonly value?: string
}

/**
 * A secret is never a flag's value: it is typed at a prompt, read from a file, or stands in a variable already.
 *
 * @param name the definition's name, from which that of the variable is derived
 */
export async function secretSource(
  context: Context,
  { passwordEnv, passwordFile }: SecretFlags,
  { name, taken }: { name: string; taken: Readonly<Record<string, unknown>> },
): Promise<SecretSource> {
  if (passwordEnv !== undefined) return { variable: checkedVariable(passwordEnv) }
  const variable = freeVariable(variableName(name), taken)
  if (passwordFile !== undefined) return { variable, value: await secretIn(context, passwordFile) }
  if (!context.canAsk) {
    throw new UsageError('ZU001', `"${name}" needs a secret, and nobody is there to type it`, {
      hint: 'use --password-env NAME, --password-file FILE or --password-file -',
    })
  }
  const prompts = await openPrompts(context)
  return { variable, value: await prompts.secret({ message: 'The secret', flag: '--password-env or --password-file' }) }
}

/** Writes the secret to the .env beside the project file. */
export async function storeSecret(projectFile: string, { variable, value }: SecretSource): Promise<void> {
  if (value !== undefined) await setEnvValue({ file: join(dirname(projectFile), '.env'), name: variable, value })
}

/**
 * The variable that holds a definition's secret.
 *
 * @example variableName('Orders credentials') // 'ORDERS_CREDENTIALS_SECRET'
 */
export function variableName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
  const safe = /^[A-Z]/.test(words) ? words : `SECRET_${words}`.replace(/_$/, '')
  return /(SECRET|PASSWORD|TOKEN|KEY)$/.test(safe) ? safe : `${safe}_SECRET`
}

function freeVariable(name: string, taken: Readonly<Record<string, unknown>>): string {
  if (taken[name] === undefined) return name
  let number = 2
  while (taken[`${name}_${number}`] !== undefined) number += 1
  return `${name}_${number}`
}

function checkedVariable(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  throw new UsageError('ZU001', '--password-env needs the name of a variable', {
    hint: 'write the name, such as ORDERS_PASSWORD; its value goes to .env or the environment',
  })
}

/** A file's last line end is the editor's, not the secret's. */
async function secretIn(context: Context, source: string): Promise<string> {
  const text = Buffer.from(await readSource(context, source))
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (text !== '' && !text.includes('\n')) return text
  const from = source === '-' ? 'stdin' : `"${source}"`
  throw new UsageError('ZU001', text === '' ? `${from} holds no secret` : `${from} holds several lines`, {
    hint: 'it must hold the secret and nothing else',
  })
}
