import { type Document, type Node, isAlias, isNode, visit } from 'yaml'
import { UsageError } from '../../errors.js'
import { lineNumber } from './lines.js'
import { type Step, childOf } from './step.js'
import type { YamlSource } from './yaml-source.js'

/**
 * Refuses a change that would reach further than it says: below an alias, below an anchor that is used elsewhere, or
 * of a value whose anchor is.
 *
 * @throws UsageError ZU008 that names the anchor and the line where it is used
 */
export function refuseSharedNodes({ text, document }: YamlSource, step: Step): void {
  const isWhole = step.kind === 'replace' || step.kind === 'remove'
  const inside = isWhole ? step.path.slice(0, -1) : step.path
  const above = nodesAlong(document, inside)
  for (const node of above) refuseIfShared(text, document, node)
  const target = isWhole ? childOf(above.at(-1), step.path.at(-1) ?? '') : undefined
  if (target) refuseIfUsedOutside(text, document, target)
}

function nodesAlong(document: Document.Parsed, path: Step['path']): Node[] {
  const nodes: Node[] = document.contents ? [document.contents] : []
  for (const key of path) {
    const next = childOf(nodes.at(-1), key)
    if (next) nodes.push(next)
  }
  return nodes
}

function refuseIfShared(text: string, document: Document.Parsed, node: Node): void {
  if (isAlias(node)) {
    throw new UsageError('ZU008', `Cannot edit below the alias "*${node.source}" on line ${lineOf(text, node)}`, {
      hint: `edit what "&${node.source}" marks, or write the value out`,
    })
  }
  const user = node.anchor === undefined ? undefined : aliasesOf(document, new Set([node.anchor]))[0]
  if (user && node.anchor !== undefined) throw sharedError(text, node.anchor, user)
}

function refuseIfUsedOutside(text: string, document: Document.Parsed, target: Node): void {
  const anchors = new Set<string>()
  visit(target, {
    Node(_, node) {
      if ('anchor' in node && node.anchor) anchors.add(node.anchor)
    },
  })
  const [from, to] = target.range ?? [0, 0]
  const outside = aliasesOf(document, anchors).find(({ range }) => range && (range[0] < from || range[0] >= to))
  if (outside) throw sharedError(text, outside.source, outside)
}

interface Use {
  readonly source: string
  readonly range?: Node['range']
}

function aliasesOf(document: Document.Parsed, anchors: ReadonlySet<string>): Use[] {
  const found: Use[] = []
  if (anchors.size === 0) return found
  visit(document, {
    Alias(_, alias) {
      if (anchors.has(alias.source)) found.push(alias)
    },
  })
  return found
}

function sharedError(text: string, anchor: string, use: Use): UsageError {
  const line = lineNumber(text, use.range?.[0] ?? 0)
  return new UsageError('ZU008', `Cannot edit what the anchor "&${anchor}" marks: line ${line} uses it too`, {
    hint: 'change the file by hand',
  })
}

function lineOf(text: string, node: Node): number {
  return lineNumber(text, isNode(node) ? (node.range?.[0] ?? 0) : 0)
}
