import { Transport, type TransportOptions } from '../../src/http/index.js';

/** A token that must never be seen outside the request. */
export const SECRET = 'secret-token-1234';

/** A transport to a test server, with a token and without pauses. */
export function transportTo(baseUrl: string, options: Partial<TransportOptions> = {}): Transport {
  return new Transport({
    source: 'clever',
    baseUrl,
    allowInsecureHosts: ['127.0.0.1'],
    authorize: () => ({ authorization: `Bearer ${SECRET}` }),
    minRetryDelayMs: 0,
    ...options,
  });
}

/** What authorizes with a token of one's own. */
export function bearer(token: string): Pick<TransportOptions, 'authorize'> {
  return { authorize: () => ({ authorization: `Bearer ${token}` }) };
}
