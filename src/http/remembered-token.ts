/** A token as it was fetched. */
export interface FetchedToken {
  readonly token: string;
  /** From when on it is not to be used any more, in milliseconds since 1970. @default until it is refused */
  readonly until?: number | undefined;
}

/** Gives a token. `refused` is the one that the far side has just answered with 401. */
export type TokenProvider = (request?: TokenRequest) => Promise<string>;

/** What is asked for. */
export interface TokenRequest {
  readonly refused?: string | undefined;
}

/**
 * Remembers one token. It is fetched when it is first needed, and again when its time is over or the very one remembered
 * was refused; whoever asks meanwhile waits for the same request, and whoever was refused an older one gets the newer at
 * once.
 */
export function rememberedToken(
  fetchToken: (request: TokenRequest) => Promise<FetchedToken>,
  now: () => number = Date.now,
): TokenProvider {
  let known: FetchedToken | undefined;
  let underWay: Promise<string> | undefined;
  const renewed = async (request: TokenRequest): Promise<string> => {
    // What could not be renewed must not be given out again: it was refused, is over, or there never was one.
    known = undefined;
    try {
      known = await fetchToken(request);
      return known.token;
    } finally {
      underWay = undefined;
    }
  };
  return async (request = {}) => {
    const { refused } = request;
    const isGood = known !== undefined && known.token !== refused && (known.until ?? Number.POSITIVE_INFINITY) > now();
    if (known !== undefined && isGood) return known.token;
    underWay ??= renewed(request);
    return underWay;
  };
}
