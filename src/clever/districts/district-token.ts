/** Gives a district's token. `refused` is the one that Clever has just answered with 401. */
export type CleverDistrictToken = (request?: { readonly refused?: string | undefined }) => Promise<string>;

/**
 * Remembers one token. It is fetched when it is first needed, and again when the very one remembered was refused;
 * whoever asks meanwhile waits for the same request, and whoever was refused an older one gets the newer at once.
 */
export function rememberedToken(fetchToken: () => Promise<string>): CleverDistrictToken {
  let known: string | undefined;
  let underWay: Promise<string> | undefined;
  const renewed = async (): Promise<string> => {
    // What could not be renewed must not be given out again: it was refused, or there never was one.
    known = undefined;
    try {
      known = await fetchToken();
      return known;
    } finally {
      underWay = undefined;
    }
  };
  return async ({ refused } = {}) => {
    if (known !== undefined && known !== refused) return known;
    underWay ??= renewed();
    return underWay;
  };
}
