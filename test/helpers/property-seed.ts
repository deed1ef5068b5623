import fc from 'fast-check'

/**
 * Property tests take the same cases in every run, so that what passed here passes elsewhere. `FC_SEED=random` goes looking for
 * new ones, `FC_SEED=<number>` repeats those of a failure.
 */
const { FC_SEED: seed = '20260101' } = process.env
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) })
