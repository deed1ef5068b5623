import type { Context } from '../context.js'
import { jsonReporter } from './json-report.js'
import { lineReporter } from './line-report.js'
import type { Reporter } from './reporter.js'

export function createReporter(context: Context): Reporter {
  return context.json ? jsonReporter(context) : lineReporter(context)
}
