import { UsageError } from '../errors.js'
import type { SectionName } from '../project/sections.js'
import type { OptionSpec } from './command.js'
import type { Context } from './context.js'
import { applyEdits } from './edits.js'
import { openPrompts } from './prompts.js'
import { sayDone, sayMore } from './say.js'

export const removeOptions: readonly OptionSpec[] = [
  { flags: '--yes', doc: 'Do not ask' },
  { flags: '--dry-run', doc: 'Print the change as a diff, and write nothing' },
]

export interface ItemRemoval {
  readonly section: SectionName
  readonly noun: string
  readonly name: string
  readonly yes: boolean | undefined
  readonly dryRun: boolean | undefined
}

/** Removes one item of the project file; asks first unless it was told not to. */
export async function removeItem(context: Context, { section, noun, name, yes, dryRun }: ItemRemoval): Promise<void> {
  if (!yes && !dryRun && !(await isConfirmed(context, `Remove ${noun} "${name}"?`))) {
    sayMore(context, 'Nothing was removed')
    return
  }
  const place = await applyEdits(context, { edits: [{ kind: 'remove', section, name }], dryRun })
  if (place !== undefined) sayDone(context, `Removed ${noun} "${name}" from ${place.replace(/:\d+$/, '')}`)
}

async function isConfirmed(context: Context, question: string): Promise<boolean> {
  if (context.canAsk) return (await openPrompts(context)).confirm(question)
  throw new UsageError('ZU001', 'Nobody is there to confirm the removal', { hint: 'say --yes' })
}
