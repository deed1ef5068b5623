import { parseArgs } from 'node:util'
import { UserError } from './harness/user-error.js'

export interface Options {
  /** Empty for all. */
  readonly parts: readonly string[]
  readonly rounds: number | undefined
  readonly seconds: number | undefined
  readonly isQuick: boolean
  /** Where the results are written too. */
  readonly out: string | undefined
}

const usage = `Usage: npm run bench -- [part…] [--rounds N] [--seconds S] [--quick] [--out FILE]
       npm run soak -- [--quick]`

/** @throws UserError that says what is wrong with the command line */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  try {
    return parseOptions(args, known)
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${usage}`)
  }
}

function parseOptions(args: readonly string[], known: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}"; there are ${known.join(', ')}`)
  return {
    parts: positionals,
    rounds: wholeNumber('--rounds', values.rounds),
    seconds: wholeNumber('--seconds', values.seconds),
    isQuick: values.quick,
    out: values.out,
  }
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new Error(`${flag} needs a whole number from 1 to 9999, not "${text}"`)
}
