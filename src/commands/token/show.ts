import { redactorOf } from '../../redact.js'
import { createLogger } from '../../log.js'
import type { Token } from '../../outgoing/oauth/token.js'
import { exitCodeOf, printError } from '../../output/errors.js'
import { writeJson } from '../../output/json.js'
import { logLines } from '../../output/log-line.js'
import { type ShownToken, tokenDocument, writeToken } from '../../output/token.js'
import type { Project } from '../../project/project.js'
import type { OAuthDefinition } from '../../project/schema.js'
import { worstExit } from '../call/repeat.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { loadProjectOf } from '../project.js'
import { sayMore } from '../say.js'
import { expectFewReplies } from '../short-lived.js'
import { warnOfNode } from '../tls-warnings.js'
import { tokenDefinition, tokenDefinitions } from './named.js'

interface Flags {
  readonly name?: string
  readonly scopes?: string
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[name]', doc: 'Name of a connection, or of a security definition [all]', values: 'token' }],
  options: [{ flags: '--scopes <text>', doc: 'Scopes to ask for, separated by blanks [those of the definition]' }],
  json: true,
  examples: ({ connection }) => [
    'zato-ts token show',
    `zato-ts token show "${connection}"`,
    `zato-ts token show "${connection}" --scopes "orders:read" --json`,
  ],
  async run(context, { name, scopes }) {
    expectFewReplies()
    const { project } = await loadProjectOf(context)
    const chosen = name === undefined ? tokenDefinitions(project) : [tokenDefinition(project, name)]
    warnOfNode(context)
    if (chosen.length === 0) sayMore(context, 'No definition of the project fetches tokens')
    const results = await Promise.all(chosen.map((one) => fetchOne(context, project, { definition: one, scopes })))
    const shown = results.flatMap((one) => ('error' in one ? [] : [one]))
    const errors = results.flatMap((one) => ('error' in one ? [one.error] : []))
    if (context.json && (shown.length > 0 || errors.length === 0)) {
      writeJson(context.out, { v: 1, tokens: shown.map(tokenDocument) })
    }
    if (!context.json) for (const one of shown) writeToken(context.out, one)
    for (const error of errors) printError(context.err, error, { cwd: context.cwd, json: context.json })
    return worstExit(errors.map(exitCodeOf))
  },
}

type Fetched = ShownToken | { readonly error: unknown }

async function fetchOne(
  context: Context,
  project: Project,
  { definition, scopes }: { definition: OAuthDefinition; scopes: string | undefined },
): Promise<Fetched> {
  const log = createLogger((entry) => {
    if (entry.level !== 'debug' || context.verbose) logLines(entry).forEach((line) => context.err.line(line))
  })
  const redactor = redactorOf(project)
  const asked = scopes?.split(/\s+/).filter(Boolean).join(' ') ?? definition.scopes
  const { fetchTokenNow } = await import('../../outgoing/oauth/fetch-now.js')
  const startedAt = performance.now()
  try {
    const { environment } = project
    const { signal } = context
    const token: Token = await fetchTokenNow(definition, { scopes: asked, environment, redactor, log, signal })
    const endpoint = redactor.url(definition.authServerUrl)
    const granted = redactor.text(token.scope ?? asked)
    return { definition: definition.name, endpoint, token, granted, asked, tookMs: performance.now() - startedAt }
  } catch (error) {
    context.signal.throwIfAborted()
    return { error }
  }
}
