import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

/** What measures times or memory, by narrow limits: nothing else runs beside it. */
const measuring = [
  'test/bench/*.test.ts',
  'test/channel/router.test.ts',
  'test/dashboard/browser/flood.test.ts',
  'test/dashboard/browser/live.test.ts',
  'test/outgoing/dead-upstream.test.ts',
  'test/outgoing/endurance.test.ts',
  'test/outgoing/pool.test.ts',
  'test/outgoing/response.test.ts',
  'test/outgoing/upload.test.ts',
  'test/project/edit/edit.test.ts',
  'test/project/read.test.ts',
  'test/project/read-hostile.test.ts',
  'test/redact-spellings.test.ts',
  'test/runtime/parts.test.ts',
  'test/trace/capture.test.ts',
  'test/whole/start-up.test.ts',
]

const resolve = {
  alias: [
    { find: /^zato-ts$/, replacement: new URL('src/index.ts', import.meta.url).pathname },
    { find: /^zato-ts\/testing$/, replacement: new URL('src/testing.ts', import.meta.url).pathname },
  ],
}

const common = {
  setupFiles: ['test/helpers/property-seed.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // One second, Vitest's own, is not enough for a page on a machine that has other work.
  expect: { poll: { timeout: 20_000 } },
}

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/build.ts'],
    dangerouslyIgnoreUnhandledErrors: false,
    projects: [
      {
        resolve,
        test: {
          ...common,
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...measuring],
          // Vitest leaves a core to itself, which on two cores is one file at a time; but tests wait more than they compute.
          maxWorkers: Math.max(2, availableParallelism() - 1),
        },
      },
      { resolve, test: { ...common, name: 'measuring', include: measuring, maxWorkers: 1 } },
    ],
  },
})
