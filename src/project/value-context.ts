import type { ExpressionAt } from './check-expressions.js'
import type { Nodes } from './nodes.js'
import type { MissingReference } from './references.js'
import type { Finding, Range } from './source.js'

/** What reading a value needs, and whom it tells. */
export interface ValueContext {
  readonly nodes: Nodes
  readonly environment: Readonly<Record<string, string>>
  /** Folder that files are relative to. */
  readonly root: string
  readonly report: (finding: Finding) => void
  readonly missing: (reference: MissingReference, range: Range) => void
  /** Is told each secret value, and what stands for one in the environment. */
  readonly secret: (value: string) => void
  /** Is told each JSONata expression, which is checked when everything is read. */
  readonly expression: (expression: ExpressionAt) => void
}
