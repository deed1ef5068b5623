import { readFile } from 'node:fs/promises'
import { editProject } from '../../../src/project/edit/edit-project.js'
import { ZatoError } from '../../../src/errors.js'

/** Edits a project file, as tests want it: once, a number of times, or until it is killed. */

const [task, file = '', name = ''] = process.argv.slice(2)
const options = { file, env: {} }
const section = 'outgoing_rest'

const setTimeoutField = (value: number) =>
  editProject({ ...options, edits: [{ kind: 'set', section, name: 'Orders', field: 'timeout', value }] })
const append = (item: string) =>
  editProject({ ...options, edits: [{ kind: 'append', section, item: { name: item, host: 'https://new.test' } }] })

async function once(): Promise<void> {
  try {
    await setTimeoutField(7)
    console.log('written')
  } catch (error) {
    if (!(error instanceof ZatoError)) throw error
    console.log(JSON.stringify({ code: error.code, message: error.message }))
  }
}

async function forEver(): Promise<void> {
  for (let round = 1; ; round++) {
    // The one before may have been killed before it took its item out again.
    if ((await readFile(file, 'utf8')).includes('Extra')) {
      await editProject({ ...options, edits: [{ kind: 'remove', section, name: 'Extra' }] })
    }
    await setTimeoutField(round)
    await append('Extra')
    if (round === 1) console.log('ready')
  }
}

async function appendMany(): Promise<void> {
  for (let index = 0; index < 10; index++) await append(`${name} ${index}`)
  console.log('written')
}

const tasks: Record<string, () => Promise<void>> = { once, forEver, appendMany }
void (tasks[task ?? ''] ?? once)()
