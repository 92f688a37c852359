/** The outcome of some work, or the signal's reason, whichever comes first. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  let stopListening = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    const onAbort = (): void => {
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // The work may have begun with the abort itself.
    if (signal.aborted) resolve();
    stopListening = () => {
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    const outcome = await Promise.race([work.then((value) => ({ value })), aborted]);
    if (outcome !== undefined) return outcome.value;
    signal.throwIfAborted();
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    stopListening();
  }
}
