import './styles/index.css'
import { options, render } from 'preact'
import { startClock } from './core/clock.js'
import { startKeys } from './core/keys.js'
import { startRouter } from './core/router.js'
import { takeToken, watchToken } from './core/token.js'
import { showUnseen } from './core/visible-text.js'
import { Shell } from './pages/shell.js'
import { startLive } from './stores/live.js'
import { startLogs } from './stores/logs.js'
import { startState } from './stores/server-state.js'
import { startTraces } from './stores/traces.js'

const afterwards = options.vnode?.bind(options)
options.vnode = (node) => {
  showUnseen(node)
  afterwards?.(node)
}

takeToken()
watchToken()
startRouter()
startKeys()
startClock()
startState()
startTraces()
startLogs()
startLive()

const root = document.getElementById('app')
if (root) render(<Shell />, root)
