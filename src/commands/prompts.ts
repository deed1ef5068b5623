import type { Context } from './context.js'
import { interrupted } from './interrupted.js'

export interface Question {
  readonly message: string
  /** The flag that would have answered it. */
  readonly flag: string
  readonly placeholder?: string
  /** What is wrong with an answer; undefined if nothing is. */
  readonly validate?: (answer: string) => string | undefined
  /** Whether no answer is an answer. */
  readonly optional?: boolean
}

/** Questions on the terminal. Each says which flag would have answered it; Ctrl-C ends the command, with nothing written. */
export interface Prompts {
  text(question: Question): Promise<string>
  /** Typed without being shown. */
  secret(question: Question): Promise<string>
  choose(question: Question, choices: readonly string[]): Promise<string>
  confirm(message: string): Promise<boolean>
}

/** Loads the prompts; only for a context that can ask. */
export async function openPrompts({ io, signal }: Context): Promise<Prompts> {
  const clack = await import('@clack/prompts')
  const common = { input: io.stdin, output: io.stderr, signal }
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (clack.isCancel(answer)) throw interrupted()
    return answer as Exclude<T, symbol>
  }
  const check = ({ validate, optional }: Question) => ({
    validate: (answer: string | undefined) =>
      answer ? validate?.(answer) : optional ? undefined : 'An answer is needed',
  })
  const titled = ({ message, flag }: Question) => `${message} (${flag})`
  return {
    async text(question) {
      const { placeholder } = question
      const answer = await clack.text({
        message: titled(question),
        ...(placeholder !== undefined && { placeholder }),
        ...check(question),
        ...common,
      })
      // clack gives undefined for an empty line, whatever its types say.
      return answered(answer as string | symbol | undefined) ?? ''
    },
    async secret(question) {
      return answered(await clack.password({ message: titled(question), mask: '', ...check(question), ...common }))
    },
    async choose(question, choices) {
      const options = choices.map((value) => ({ value, label: value === '' ? 'none' : value }))
      return answered(await clack.select({ message: titled(question), options, ...common }))
    },
    async confirm(message) {
      return answered(await clack.confirm({ message, ...common }))
    },
  }
}
