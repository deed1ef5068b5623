import type { ClearedReply, ReplayEdits, Snippets, StartedReply } from '../../../shared/api.js'
import type { Trace } from '../../../../trace/record.js'
import { part, request } from '../../core/client.js'
import { navigate } from '../../core/router.js'
import { act, copyText } from '../../ui/act.js'
import { say } from '../../ui/toasts.js'

/** Does it again, and goes to what comes of it. */
export async function replay(id: number, edits?: ReplayEdits): Promise<void> {
  const { cid } = await request<StartedReply>('POST', `/trace/${id}/replay`, { body: edits ? { edits } : {} })
  navigate(`/traces/${part(cid)}${location.search}`)
}

export async function setPinned({ id }: Trace, isPinned: boolean): Promise<void> {
  await request('PUT', `/trace/${id}/pin`, { body: { isPinned } })
}

export async function remove({ id }: Trace): Promise<void> {
  await request('DELETE', `/trace/${id}`)
  navigate(`/traces${location.search}`)
  say('The trace is deleted')
}

/** All but the pinned ones. A click too many costs nothing: for as long as the notice stands, they can be had back. */
export async function clearTraces(): Promise<void> {
  const { undo } = await request<ClearedReply>('DELETE', '/traces')
  say('The traces are cleared', { action: { label: 'Undo', run: () => act(() => takeBack(undo)) } })
}

async function takeBack(undo: number): Promise<void> {
  await request('POST', '/traces/undo', { body: { undo } })
  say('The traces are there again')
}

export type SnippetKind = Exclude<keyof Snippets, 'notes'>

export const snippetNames: Readonly<Record<SnippetKind, string>> = {
  curl: 'curl',
  zato: 'zato-ts',
  typescript: 'TypeScript',
  http: 'HTTP',
  url: 'URL',
}

export async function copySnippet({ id }: Trace, span: number | undefined, kind: SnippetKind): Promise<void> {
  const query = span === undefined ? '' : `?span=${span}`
  const snippets = await request<Snippets>('GET', `/trace/${id}/snippets${query}`)
  await copyText(
    snippets[kind],
    snippets.notes.length > 0 ? `${snippetNames[kind]}: ${snippets.notes.join('; ')}` : snippetNames[kind],
  )
}

export async function copyHar({ cid }: Trace): Promise<void> {
  await copyText(JSON.stringify(await request('GET', `/traces/${part(cid)}/har`), null, 2), 'the HAR')
}
