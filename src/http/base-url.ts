import { ConfigurationError } from '../errors.js';

/**
 * The base URL of a far side, checked: people type it in, and requests to it carry credentials.
 *
 * A host name is not resolved here: a public name may still point to a private address.
 *
 * @throws ConfigurationError naming `baseUrl` where it is no https URL of a public host
 */
export function checkedBaseUrl(text: string, allowInsecureHosts: readonly string[] = []): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigurationError('baseUrl', 'is not a URL. Give one such as https://roster.example.com.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError('baseUrl', 'holds a user name or password. Give credentials by their own options.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigurationError('baseUrl', 'has a query or a fragment. Give only scheme, host and path.');
  }
  const isNamed = allowInsecureHosts.some((host) => host === url.host || host === url.hostname);
  if (isNamed && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  if (url.protocol !== 'https:') {
    throw new ConfigurationError(
      'baseUrl',
      'must be https. To test against a local server, name its host in allowInsecureHosts.',
    );
  }
  if (isPrivateHost(url.hostname)) {
    throw new ConfigurationError(
      'baseUrl',
      'names a private or loopback host. If it is meant, name the host in allowInsecureHosts.',
    );
  }
  return url;
}

/** Whether a host name, as `URL` spells it, is a private, loopback or link-local address, or a name that never leaves the network. */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
  if (/^\d+(\.\d+){3}$/.test(host)) return isPrivateIpv4(host);
  return !host.includes('.') || /\.(localhost|local|internal|intranet|lan|home\.arpa)$/.test(host);
}

function isPrivateIpv4(address: string): boolean {
  const [first = 0, second = 0] = address.split('.').map(Number);
  return (
    first === 0 ||
    first === 10 ||
    first === 127 ||
    (first === 100 && second >= 64 && second < 128) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    first >= 224
  );
}

/** `::…` holds loopback and mapped IPv4, `64:ff9b:` translated IPv4, `f…` unique local, link-local and multicast. */
function isPrivateIpv6(address: string): boolean {
  return address.startsWith('::') || address.startsWith('64:ff9b:') || /^f[cdef]/.test(address);
}
