import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { MixedResult } from '../../test/outgoing/helpers/mixed-calls.js'
import { benchFolder } from '../harness/folders.js'
import { undoAtExit } from '../harness/undo.js'
import { atMost } from '../report/floors.js'
import { table } from '../report/markdown.js'
import { number } from '../report/numbers.js'
import type { Section, Settings } from './part.js'

const faultyOneIn = 20
/** What the heap of a process at rest varies by. */
const mostMegabytesMore = 4
/** Sockets that happen to be kept. */
const mostDescriptorsMore = 5

const introduction = `Calls through one set of connections, one in ${faultyOneIn} of which meets one of the faults of the tests, each in its turn; heap and
descriptors when nothing is under way.`

/** A million calls, good and faulty. */
export async function runMixed({ isQuick, say }: Pick<Settings, 'isQuick' | 'say'>): Promise<Section> {
  const result = await inProcessOfItsOwn(isQuick ? 20_000 : 1_000_000, say)
  const { calls, wrong, unhandled, holdings } = result
  const [, half, all] = holdings
  const which = `${calls.toLocaleString('en-US')} calls, good and faulty`
  return {
    title: 'Faults',
    text: [introduction, heldText(result), ...wrong].join('\n\n'),
    floors: [
      atMost(`${which}: ended otherwise than they should`, wrong.length, 0),
      atMost(`${which}: unhandled rejections`, unhandled.length, 0),
      atMost(`${which}: descriptors more than after half`, all.descriptors - half.descriptors, mostDescriptorsMore),
      atMost(`${which}: heap more than after half`, all.megabytes - half.megabytes, mostMegabytesMore, ' MB'),
    ],
  }
}

function heldText({ calls, holdings, good, codes }: MixedResult): string {
  const names = ['after some', `after ${(calls / 2).toLocaleString('en-US')}`, `after ${calls.toLocaleString('en-US')}`]
  const rows = holdings.map(({ descriptors, megabytes }, index) => [
    names[index] ?? '',
    String(descriptors),
    number(megabytes),
  ])
  const faulty = Object.entries(codes).map(([code, count]) => `${count} × ${code}`)
  const came = `${good.toLocaleString('en-US')} good replies, ${faulty.join(', ')}.`
  return [table(['Calls', 'descriptors', 'heap MB'], rows), came].join('\n\n')
}

async function inProcessOfItsOwn(calls: number, say: Settings['say']): Promise<MixedResult> {
  const program = join(benchFolder, 'inside/mixed-calls.ts')
  const args = ['--import', 'tsx', program, String(calls), String(faultyOneIn)]
  const child = spawn(process.execPath, args, { cwd: benchFolder, stdio: ['ignore', 'pipe', 'pipe'] })
  const forget = undoAtExit(() => child.kill('SIGKILL'))
  let complaint = ''
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (/^\d+$/.test(line)) say(`Mixed calls: ${line} of ${calls}`)
    else complaint += `${line}\n`
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>])
  forget()
  if (code !== 0) throw new Error(`The mixed calls ended with ${code}:\n${complaint}`)
  return JSON.parse(output) as MixedResult
}
