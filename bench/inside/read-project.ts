// Reads and checks a project file in a process that has done nothing else, and prints how long that took, modules not counted.
import { performance } from 'node:perf_hooks'
import { loadProject } from '../../src/project/read.js'

const [, , file = ''] = process.argv
const startedAt = performance.now()
const { project } = await loadProject({ file, env: process.env })
const ms = performance.now() - startedAt
console.log(JSON.stringify({ ms, channels: project.channelRest.length, connections: project.outgoingRest.length }))
