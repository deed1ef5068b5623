#!/usr/bin/env node
// CommonJS, as the package.json beside it says: `--version` is over before Node would have set up its loader of ES modules.
/* eslint-disable @typescript-eslint/no-require-imports */
if (process.argv.length === 3 && process.argv[2] === '--version') {
  const line = `${require('../package.json').version}\n`
  try {
    // Past process.stdout, which takes longer to set up than all else here.
    require('node:fs').writeSync(1, line)
  } catch {
    // A pipe that is full, or that nobody has to read.
    process.stdout.on('error', () => {})
    process.stdout.write(line)
  }
} else {
  // Node 22 and later keep what they have compiled for the next time.
  require('node:module').enableCompileCache?.()
  void import('../dist/cli.js').then(async ({ runCli }) => {
    // A timer or socket that a service left open must not keep a finished command alive. Everything has been written by now.
    process.exit(await runCli(process.argv.slice(2), process))
  })
}
