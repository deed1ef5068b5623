import type { YAMLMap } from 'yaml'
import { didYouMean } from '../nearest.js'
import type { Fields } from './fields.js'
import type { Entry } from './nodes.js'
import { type Reading, firstKey, textOf } from './reading.js'
import { unservedSecurityFields, unservedSecurityTypes } from './schema.js'
import { securityFields } from './sections.js'
import type { ValueContext } from './value-context.js'

interface SecurityItem {
  readonly entries: readonly Entry[]
  readonly node: YAMLMap
  readonly label: string
}

const types = [...Object.keys(securityFields), ...unservedSecurityTypes]

/** Fields that other kinds of a bearer token share with static ones. */
const sharedFields = new Set<string>(['data_format'])

/**
 * The fields of a security definition, which depend on its type. Undefined if the type is wrong or is not served; that has
 * been reported.
 */
export function securityFieldsOf(
  { entries, node, label }: SecurityItem,
  { reading, context }: { reading: Reading; context: ValueContext },
): Fields | undefined {
  const entry = entries.find(({ key }) => key === 'type')
  const type = textOf(entries, 'type')
  if (!entry) {
    const hint = `one of: ${types.join(', ')}`
    context.report({ code: 'ZC103', message: `The ${label} needs "type"`, hint, range: firstKey(node) })
    return undefined
  }
  if (type === undefined || !types.includes(type)) {
    const hint = didYouMean(type ?? '', types) ?? `one of: ${types.join(', ')}`
    context.report({ code: 'ZC105', message: `There is no such security type`, hint, range: entry.range })
    return undefined
  }
  if (!securityFields[type]) {
    reading.unserved(`The security type "${type}"`, entry.range)
    return undefined
  }
  const dynamic = type === 'bearer_token' && textOf(entries, 'static_token') === undefined && entries.find(isDynamic)
  if (dynamic) {
    reading.unserved('A bearer token that is fetched or verified', dynamic.keyRange)
    return undefined
  }
  return securityFields[type]
}

/** Whether a key belongs to a bearer token that is fetched (OAuth) or verified (JWT). */
function isDynamic({ key }: Entry): boolean {
  return (unservedSecurityFields as readonly string[]).includes(key) && !sharedFields.has(key)
}
