/** The work's result, or its failure, as a promise: the work itself happens at once and undivided. */
export function settled<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
