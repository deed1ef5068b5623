import type { AsWritten } from '../../../project/as-written.js'
import type { Edit } from '../../../project/edit/edit.js'
import type { EditOperation, EditRequest } from '../../shared/api.js'
import { type Check, anything, list, object, oneOf, record, text } from '../checks.js'
import { ApiFailure, invalid, unknown } from '../failure.js'

/** What a page asks to be changed, and the edits that it means. */

const section = oneOf('outgoing_rest', 'channel_rest', 'security')

const shapes = {
  add: object({ op: oneOf('add'), section, item: record(anything) }),
  edit: object({ op: oneOf('edit'), section, name: text, set: record(anything), unset: list(text) }),
  remove: object({ op: oneOf('remove'), section, name: text }),
  duplicate: object({ op: oneOf('duplicate'), section, name: text, as: text }),
} satisfies Record<EditOperation['op'], Check<EditOperation>>

const operation: Check<EditOperation> = (value, path) => {
  const { op } = record(anything)(value, path)
  const known = oneOf('add', 'edit', 'remove', 'duplicate')(op, `${path}.op`)
  return shapes[known](value, path)
}

const request = object({ operations: list(operation), baseRevision: text })

/** @throws ApiFailure 400 for what is no such request */
export const editRequest: Check<EditRequest> = (value, path) => {
  const checked = request(value, path)
  if (checked.operations.length === 0) throw invalid('There is nothing to change')
  return checked
}

/**
 * The edits of the file that operations mean.
 *
 * @throws ApiFailure 404 for an unknown item to be duplicated, 409 for a name that exists already
 */
export function editsOf(operations: readonly EditOperation[], written: AsWritten): Edit[] {
  return operations.flatMap((one) => editsOfOne(one, written))
}

function editsOfOne(one: EditOperation, written: AsWritten): Edit[] {
  const { section } = one
  switch (one.op) {
    case 'add':
      requireNew(one.section, one.item.name, written)
      return [{ kind: 'append', section, item: one.item }]
    case 'remove':
      return [{ kind: 'remove', section, name: one.name }]
    case 'duplicate':
      requireNew(one.section, one.as, written)
      return [{ kind: 'append', section, item: { ...valuesOf(one, written), name: one.as } }]
    case 'edit': {
      const { name, ...set } = one.set
      const at = { section, name: one.name }
      if (name !== undefined && name !== one.name) requireNew(one.section, name, written)
      return [
        ...Object.entries(set).map(([field, value]): Edit => ({ kind: 'set', ...at, field, value })),
        ...one.unset.map((field): Edit => ({ kind: 'unset', ...at, field })),
        // Until then the item is found by its old one.
        ...(name === undefined || name === one.name
          ? []
          : [{ kind: 'set', ...at, field: 'name', value: name } as const]),
      ]
    }
  }
}

function valuesOf({ section, name }: { section: string; name: string }, { items }: AsWritten) {
  const found = items.find((item) => item.section === section && item.name === name)
  if (found) return found.values
  throw unknown(
    'item',
    name,
    items.filter((item) => item.section === section).map((item) => item.name),
  )
}

function requireNew(section: string, name: unknown, { items }: AsWritten): void {
  if (!items.some((item) => item.section === section && item.name === name)) return
  const message = `The name "${String(name)}" is taken`
  throw new ApiFailure(422, {
    code: 'invalid',
    message,
    fields: [{ path: 'name', message: 'is taken: choose another' }],
  })
}
