/**
 * Service templates are TypeScript that compiles as it stands: a service of this class and this name calls this
 * connection, whose path has the one placeholder `customer_id`. These stand-ins, spelt exactly so, are all that changes.
 */
const className = 'ServiceTemplate'
const serviceName = "'service-template'"
const connectionName = "'Orders API'"
const type = 'customer_id: string'
const pair = 'customer_id: input.customer_id'

export interface Filling {
  readonly name: string
  readonly className: string
  readonly connection?: TemplateConnection | undefined
}

export interface TemplateConnection {
  readonly name: string
  /** Names that stand in braces in its path. */
  readonly placeholders: readonly string[]
}

/** Replaces all stand-ins in one pass: what is put in is never taken for a stand-in itself. */
export function fillTemplate(text: string, filling: Filling): string {
  const replacements = new Map([
    [className, filling.className],
    [serviceName, quote(filling.name)],
    ...(filling.connection ? connectionReplacements(filling.connection) : []),
  ])
  // The longest first: a whole line, before what stands in it.
  const standIns = [...replacements.keys()].sort((a, b) => b.length - a.length).map(escapePattern)
  return text.replace(new RegExp(standIns.join('|'), 'g'), (found) => replacements.get(found) ?? found)
}

function connectionReplacements({ name, placeholders }: TemplateConnection): [string, string][] {
  const path = placeholders.length > 0 ? pathReplacements(placeholders) : withoutPath
  return [[connectionName, quote(name)], ...path]
}

/** Each placeholder gets its value from the input; the query parameter `status` makes way for one of its name. */
function pathReplacements(placeholders: readonly string[]): [string, string][] {
  let status = 'status'
  while (placeholders.includes(status)) status += '_'
  return [
    [type, placeholders.map((name) => `${keyOf(name)}: string`).join('; ')],
    [pair, placeholders.map((name) => `${keyOf(name)}: ${valueOf(name)}`).join(', ')],
    ['status?: string', `${status}?: string`],
    ['status: input.status', `${status}: input.${status}`],
  ]
}

/** Whatever is there for the path alone goes away. */
const withoutPath: [string, string][] = [
  [`    const input = this.request.input as { ${type} }\n`, ''],
  [`    const params = { ${pair} }\n`, ''],
  [', { params }', ''],
  ['{ params, ', '{ '],
  [`${type}; `, ''],
  [`${pair}, `, ''],
]

function keyOf(name: string): string {
  if (isPlainKey(name)) return name
  // Without the brackets it would set the prototype.
  return name === '__proto__' ? `[${quote(name)}]` : quote(name)
}

function valueOf(name: string): string {
  return isPlainKey(name) ? `input.${name}` : `input[${quote(name)}]`
}

function isPlainKey(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && name !== '__proto__'
}

/** A TypeScript string, in single quotes where that needs no escaping. */
function quote(text: string): string {
  const json = JSON.stringify(text)
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
