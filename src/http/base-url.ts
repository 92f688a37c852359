import { ConfigurationError } from '../errors.js';
import { checkHosts } from '../internal/options.js';
import { withoutTrailing } from '../internal/trailing.js';

/** No server has a longer address, and some programs cannot handle one. */
const LONGEST_URL = 2_048;

/**
 * The base URL of a far side, checked: people type it in, and requests to it carry credentials.
 *
 * A host name is not resolved here: a public name may still point to a private address.
 *
 * @throws ConfigurationError naming `baseUrl` where it is no https URL of a public host, or `allowInsecureHosts`
 */
export function checkedBaseUrl(text: string, allowInsecureHosts: readonly string[] = []): URL {
  checkHosts('allowInsecureHosts', allowInsecureHosts);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigurationError('baseUrl', 'is not a URL. Give one such as https://roster.example.com.');
  }
  if (url.href.length > LONGEST_URL) {
    throw new ConfigurationError(
      'baseUrl',
      `has more than ${String(LONGEST_URL)} characters. Give only scheme, host and path.`,
    );
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

/** What stands at the end of names that are known inside of a network only; `local` ends `cluster.local` too. */
const INTERNAL_NAME = /\.(localhost|local|localdomain|internal|intranet|lan|corp|home|svc|home\.arpa)$/;

/** Whether a host name, as `URL` spells it, is a private, loopback or link-local address, or a name that never leaves the network. */
function isPrivateHost(hostname: string): boolean {
  const host = withoutTrailing('.', hostname);
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
  if (/^\d+(\.\d+){3}$/.test(host)) return isPrivateIpv4(host);
  return !host.includes('.') || INTERNAL_NAME.test(host);
}

function isPrivateIpv4(address: string): boolean {
  const [first = 0, second = 0, third = 0] = address.split('.').map(Number);
  return (
    first === 0 ||
    first === 10 ||
    first === 127 ||
    (first === 100 && second >= 64 && second < 128) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && (second === 168 || (second === 0 && third === 0))) ||
    (first === 198 && (second === 18 || second === 19)) ||
    first >= 224
  );
}

/** `::…` holds loopback and mapped IPv4, `64:ff9b:` and `2002:` translated IPv4, `f…` unique local, link-local and multicast. */
function isPrivateIpv6(address: string): boolean {
  return (
    address.startsWith('::') ||
    address.startsWith('64:ff9b:') ||
    address.startsWith('2002:') ||
    /^f[cdef]/.test(address)
  );
}
