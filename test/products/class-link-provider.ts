import { ClassLinkClient, classlinkSource, type Credentials, type RosterSource } from 'rosterkit';

/** What a host passes in for ClassLink: a source from the four details, of a simulated server. */
export function classLinkProvider(host: string): (credentials: Credentials) => RosterSource {
  return ({ tenantId, clientId, secretKey, serverUrl }) =>
    classlinkSource(
      new ClassLinkClient({
        tenantId: String(tenantId),
        clientId: String(clientId),
        secretKey: String(secretKey),
        serverUrl: String(serverUrl),
        allowInsecureHosts: [host],
      }),
    );
}
