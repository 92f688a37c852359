import { createHmac, timingSafeEqual } from 'node:crypto';
import { compareIds } from '../../internal/ordered.js';
import { decoded, type ServiceRequest } from '../service.js';

/** Requests that are older or younger are refused: a captured one must not be good for ever. */
const greatestAgeSeconds = 300;

/** How requests may be signed. */
export type SimulatedSignatureMethod = 'HMAC-SHA256' | 'HMAC-SHA1';

const hashes: Readonly<Record<SimulatedSignatureMethod, string>> = { 'HMAC-SHA256': 'sha256', 'HMAC-SHA1': 'sha1' };

/** Judges requests signed with OAuth 1.0a (RFC 5849) without a token. */
export class OAuth1Verifier {
  private readonly key: string;
  private readonly secret: string;
  private readonly now: () => number;
  private readonly methods: readonly SimulatedSignatureMethod[];
  private readonly seen = new Set<string>();

  constructor(
    key: string,
    secret: string,
    now: () => number,
    methods: readonly SimulatedSignatureMethod[] = ['HMAC-SHA256'],
  ) {
    this.methods = methods;
    this.key = key;
    this.secret = secret;
    this.now = now;
  }

  /** What is wrong with the request's signature, in a few words; `undefined` where nothing is. */
  objection(request: ServiceRequest): string | undefined {
    const header = request.headers['authorization'];
    if (header === undefined || !/^OAuth\s/i.test(header)) return 'no OAuth authorization';
    const parameters = readHeader(header.slice('OAuth'.length));
    const { oauth_nonce: nonce = '', oauth_timestamp: timestamp = '', oauth_signature: signature = '' } = parameters;
    if (parameters['oauth_consumer_key'] !== this.key) return 'unknown consumer key';
    const method = this.methods.find((name) => name === parameters['oauth_signature_method']);
    if (method === undefined) return `signature method is not ${this.methods.join(' or ')}`;
    if (!/^\d+$/.test(timestamp) || Math.abs(this.now() / 1000 - Number(timestamp)) > greatestAgeSeconds) {
      return 'timestamp out of range';
    }
    if (nonce === '') return 'no nonce';
    const expected = createHmac(hashes[method], `${percentEncode(this.secret)}&`)
      .update(signatureBase(request, parameters))
      .digest('base64');
    const given = Buffer.from(signature);
    const wanted = Buffer.from(expected);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'signature is wrong';
    const use = `${timestamp} ${nonce}`;
    if (this.seen.has(use)) return 'nonce was used before';
    this.seen.add(use);
    return undefined;
  }
}

function readHeader(text: string): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w%.~-]+)="([^"]*)"/g)) {
    parameters[decoded(name)] = decoded(value);
  }
  return parameters;
}

/** RFC 5849, section 3.4.1. */
function signatureBase(request: ServiceRequest, oauth: Readonly<Record<string, string>>): string {
  const url = new URL(request.url);
  const pairs: (readonly [string, string])[] = [];
  for (const [name, value] of url.searchParams) pairs.push([percentEncode(name), percentEncode(value)]);
  for (const [name, value] of Object.entries(oauth)) {
    if (name !== 'oauth_signature' && name !== 'realm') pairs.push([percentEncode(name), percentEncode(value)]);
  }
  const normalized = pairs
    .sort(([leftName, leftValue], [rightName, rightValue]) =>
      leftName === rightName ? compareIds(leftValue, rightValue) : compareIds(leftName, rightName),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const baseUri = url.origin + url.pathname;
  return [request.method.toUpperCase(), percentEncode(baseUri), percentEncode(normalized)].join('&');
}

/** RFC 5849, section 3.6: stricter than encodeURIComponent. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
