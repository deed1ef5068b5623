/** Measures everyone in turn, round after round, so that whatever the machine does meanwhile happens to all. */
export async function inRounds<T extends { readonly name: string }, R>(
  contenders: readonly T[],
  rounds: number,
  measure: (contender: T, round: number) => Promise<R>,
): Promise<ReadonlyMap<string, readonly R[]>> {
  const results = new Map<string, R[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      results.get(contender.name)?.push(await measure(contender, round))
    }
  }
  return results
}

/** Nobody always runs after the same one. */
function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const first = by % values.length
  return [...values.slice(first), ...values.slice(0, first)]
}
