/** Its prototype has no members and no prototype, so `__proto__` or `constructor` are keys as any other. */
const Dictionary = function () {} as unknown as new () => object
Dictionary.prototype = Object.freeze(Object.create(null)) as object

/**
 * An empty object for keys that a caller chooses. One from `Object.create(null)` would do the same, but V8 makes a hash
 * table of that, which takes several times as long to create and to fill.
 */
export function createDictionary<T>(): Record<string, T> {
  return new Dictionary() as Record<string, T>
}
