#!/usr/bin/env node
import { runCli } from '../dist/cli.js'

// A timer or socket that a service left open must not keep a finished command alive. Everything has been written by now.
process.exit(await runCli(process.argv.slice(2), process))
