/** What goes wrong at the proxy, in words for whoever has to mend it. */

import { AuthenticationError, DecodeError, DisconnectedError, IncompleteReadError } from '../../errors.js';
import type { Answer } from '../../http/index.js';

export function repeated(offset: number, requestId: string | undefined): IncompleteReadError {
  return new IncompleteReadError(
    `classlink sent the same applications again at offset ${offset}: it does not heed the offset, and the list may go on. Check baseUrl.`,
    { collection: 'applications', received: offset, requestId },
  );
}

export function endless(pages: number, received: number): IncompleteReadError {
  return new IncompleteReadError(
    `classlink lists applications without an end: more than ${String(pages)} pages came. Check baseUrl.`,
    { collection: 'applications', received },
  );
}

export function ofAnotherTenant(tenantId: string): DecodeError {
  return new DecodeError(
    `classlink lists the application for another tenant than ${tenantId}, or with another number: nothing was asked of it. Take the application from applications(), with its own tenantId.`,
    { source: 'classlink', path: '/applications', issues: ['tenant_id: another'] },
  );
}

export function notShared(tenantId: string): DisconnectedError {
  return new DisconnectedError(
    `classlink lists no application that is turned on for tenant ${tenantId}: the district has turned it off, or never added it. Nothing was removed: what was imported stays as it is. Ask the district's ClassLink administrator to turn it on in the Roster Server.`,
    { source: 'classlink', districtId: tenantId },
  );
}

export function refusedKey({ source, status, method, path, requestId }: Answer): AuthenticationError | undefined {
  if (status !== 401) return undefined;
  const request = requestId === undefined ? '' : ` (request ${requestId})`;
  return new AuthenticationError(
    `${source} answered ${method} ${path} with 401${request}: the API key is not accepted. Check apiKey against the Partner Portal: it is neither the client id nor the secret of a sign-in.`,
    { source, status, method, path, requestId },
  );
}
