import { number, object, optional, text } from '../checks.js'
import { editRequest } from '../edits/operations.js'
import { openEditor } from '../open-editor.js'
import type { Parts } from '../parts.js'
import type { Routes } from '../route-table.js'
import { gatherFacts } from '../views/facts.js'
import { stateView } from '../views/state.js'
import { empty, numberIn } from './traces.js'

const position = optional(number({ min: 1, integer: true }))
const editorRequest = object({ file: text, line: position, column: position })
const undoRequest = object({ undo: text })

/** The server itself: how it is, what it logs, and what its project file is to say. */
export function serverRoutes(parts: Parts): Routes {
  const { server, backlog, hub, desk, disk } = parts
  return {
    'GET /state': async () => {
      const facts = await gatherFacts(server, parts)
      const { epoch, lastSeq } = hub
      const { startedAt } = parts
      return { value: await stateView(facts, { backlog, url: parts.url(), startedAt, epoch, lastSeq }) }
    },
    'GET /logs': ({ query }) => ({
      value: { lines: backlog.lines(numberIn(query, 'after') ?? 0), removed: backlog.removedLines },
    }),
    'POST /reload': async () => {
      await server.reload()
      return empty
    },
    'POST /config/preview': async ({ body }) => ({ value: await desk.preview(editRequest(body, '')) }),
    'POST /config/apply': async ({ body }) => ({ value: await desk.apply(editRequest(body, '')) }),
    'POST /config/undo': async ({ body }) => ({ value: await desk.undo(undoRequest(body, '').undo) }),
    'POST /open-editor': async ({ body }) => {
      await openEditor(editorRequest(body, ''), { root: disk.root, env: parts.env })
      return empty
    },
  }
}
