import { candidatesFor } from './complete/candidates.js'
import { bashCandidates, splitShellLine } from './complete/bash.js'
import type { CommandSpec } from './command.js'

interface Flags {
  readonly line?: string
  readonly words: readonly string[]
}

/** What the completion scripts ask: candidates for the last word, one a line. Never fails: then there are none. */
export const command: CommandSpec<Flags> = {
  args: [{ name: '[words...]', doc: 'Words so far; the last one is being typed' }],
  options: [{ flags: '--line <text>', doc: 'What bash shows up to the cursor, in place of the words' }],
  examples: () => ["zato-ts __complete -- call ''"],
  async run(context, { line, words }) {
    const found = await (line === undefined ? candidatesFor(context, words) : completeLine(line)).catch(() => [])
    for (const candidate of found) context.out.write(`${candidate}\n`)
    return 0

    async function completeLine(text: string): Promise<string[]> {
      const split = splitShellLine(text)
      const typed = split.words.slice(1)
      return bashCandidates(await candidatesFor(context, typed), split)
    }
  },
}
