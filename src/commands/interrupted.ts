import { ZatoError } from '../errors.js'

/** Ctrl-C, at a prompt or while something runs. */
export function interrupted(): ZatoError {
  return new ZatoError('ZU130', 'Interrupted')
}
