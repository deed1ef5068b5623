import { startUpstream } from '../harness/nginx.js'
import { Loading } from '../harness/loading.js'
import type { SaveResult } from '../harness/polls.js'
import { firstAnswer } from '../harness/programs.js'
import { inRounds } from '../harness/rounds.js'
import { startProduct } from '../harness/product.js'
import { smallReply } from './call-through-variants.js'
import { nitroDev, nodeWatch, tsxWatch, watchingProduct } from './dev-servers.js'
import type { Part, Settings } from './part.js'
import { type Reloads, reloadFloors, reloadText, underLoad } from './reload-report.js'
import { type Developed, measureSave } from './saving.js'

export const reload: Part = {
  name: 'reload',
  async run(settings) {
    const results = new Map([...(await sideBySide(settings)), [underLoad, await whileLoaded(settings)]])
    return { title: 'Save → new code answers', text: reloadText(results), floors: reloadFloors(results) }
  },
}

async function sideBySide({ isQuick, rounds = isQuick ? 10 : 30, say }: Settings): Promise<Reloads> {
  const developed: Developed[] = []
  try {
    for (const kind of [watchingProduct, tsxWatch, nodeWatch, nitroDev]) {
      const project = kind.makeProject()
      const server = await kind.start(project)
      developed.push({ name: kind.name, kind, project, server })
      await firstAnswer(server, `${server.url}/version`)
    }
    return await inRounds(developed, rounds, (one, round) => {
      say(`Save → new code answers: ${round + 1} of ${rounds}, ${one.name}`)
      return measureSave(one, round + 1)
    })
  } finally {
    await Promise.all(developed.map(({ server }) => server.stop()))
  }
}

/** The call-through of 32 connections goes on while files are saved; a single one of its requests that fails ends the run. */
async function whileLoaded({ isQuick, rounds = isQuick ? 10 : 100, say }: Settings): Promise<readonly SaveResult[]> {
  const kind = watchingProduct
  const project = kind.makeProject()
  const upstream = await startUpstream()
  const server = await startProduct({ name: underLoad, project, upstream: upstream.url, watch: true })
  try {
    const url = server.url + smallReply.path('12345', 'pending')
    await firstAnswer(server, url)
    const results: SaveResult[] = []
    const loading = new Loading(url)
    while (results.length < rounds && !loading.isOver) {
      say(`Save → new code answers: ${results.length + 1} of ${rounds}, under full load`)
      results.push(await measureSave({ kind, project, server }, results.length + 1, { crossing: true }))
    }
    await loading.stop()
    return results
  } finally {
    await Promise.all([server.stop(), upstream.stop()])
  }
}
