// Finds the channels of a project by their paths, each as often as the others, and prints what making the router and one search take.
import { performance } from 'node:perf_hooks'
import { readPath } from '../../src/channel/routed-path.js'
import { prepareServing } from '../../src/channel/serving.js'
import { loadProject } from '../../src/project/read.js'

const searches = 200_000
/** A prime, so that all channels are visited, and not in the order of the file. */
const step = 7919

const [, , file = ''] = process.argv
const { project } = await loadProject({ file, env: process.env })
const startedAt = performance.now()
const { router } = prepareServing(project, true)
const buildMs = performance.now() - startedAt

const paths = project.channelRest.map(({ urlPath }) => urlPath.replaceAll(/\{[^}]+\}/g, '12345'))
search(searches / 10)
const before = performance.now()
search(searches)
const searchNs = ((performance.now() - before) * 1e6) / searches
console.log(JSON.stringify({ buildMs, searchNs }))

function search(times: number): void {
  for (let i = 0; i < times; i++) {
    const path = paths[(i * step) % paths.length] ?? ''
    const routed = readPath(path)
    if (!routed || !router.find('GET', routed)?.route) throw new Error(`No channel has ${path}`)
  }
}
