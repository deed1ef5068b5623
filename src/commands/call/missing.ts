import { DetailedError } from '../../output/detailed-error.js'
import { shownPath } from '../../output/problems.js'
import { shellWord } from '../../output/shell.js'
import { openPlaceholders } from '../../project/path.js'
import type { Place } from '../../project/read.js'
import type { Context } from '../context.js'
import { sampleValue } from '../curl-line.js'
import type { Params } from '../params.js'
import { openPrompts } from '../prompts.js'

/** What of a connection it takes to say how it is called. */
export interface Callable {
  readonly name: string
  readonly urlPath: string
  readonly samples: Readonly<Record<string, string>>
  /** Values that the connection declares itself. */
  readonly requestPathParams?: readonly { readonly key: string }[]
}

/** The command that calls this connection, with values that could be real. */
export function tryLine(connection: Callable): string {
  const { name, samples } = connection
  const params = openPlaceholders(connection).map(
    (placeholder) => `${placeholder}=${samples[placeholder] ?? sampleValue(placeholder)}`,
  )
  return ['zato-ts call', shellWord(name), ...(params.length > 0 ? ['--params', ...params.map(shellWord)] : [])].join(
    ' ',
  )
}

/**
 * `params` with a value for each placeholder of the path: on a terminal what is missing is asked for.
 *
 * @throws DetailedError ZN401 that says how to call it
 */
export async function completeParams(
  context: Context,
  params: Params,
  { connection, place }: { connection: Callable; place: Place | undefined },
): Promise<Params> {
  const missing = openPlaceholders(connection).filter((name) => !Object.hasOwn(params, name) || isEmpty(params[name]))
  if (missing.length === 0) return params
  if (!context.canAsk)
    throw missingError(missing, connection, place && `${shownPath(place.file, context.cwd)}:${place.line}`)
  const prompts = await openPrompts(context)
  const answers: Record<string, string> = {}
  for (const name of missing) {
    const placeholder = connection.samples[name]
    answers[name] = await prompts.text({
      message: `Value of {${name}}`,
      flag: `--params ${name}=…`,
      ...(placeholder !== undefined && { placeholder }),
    })
  }
  return { ...params, ...answers }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function missingError(missing: readonly string[], connection: Callable, place: string | undefined): DetailedError {
  const names = missing.map((name) => `{${name}}`).join(', ')
  const values = missing.length === 1 ? 'a value' : 'values'
  return new DetailedError('ZN401', `"${connection.name}" needs ${values} for ${names}`, [
    ['path', `${connection.urlPath}${place === undefined ? '' : `   ${place}`}`],
    ['try', tryLine(connection)],
  ])
}
