import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const keyId = 'simulated-key';

let keys: Keys | undefined;

/** Made when the first id token is asked for, and shared by all simulations of the process: it takes a good moment. */
function keyPair(): Keys {
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return keys;
}

/** The claims as a token that is signed as Clever signs (RFC 7519, RS256). */
export function signedIdToken(claims: Readonly<Record<string, unknown>>): string {
  const header = encoded({ alg: 'RS256', typ: 'JWT', kid: keyId });
  const content = `${header}.${encoded(claims)}`;
  const signature = createSign('RSA-SHA256').update(content).sign(keyPair().privateKey, 'base64url');
  return `${content}.${signature}`;
}

/** The key that verifies them, as a JSON Web Key Set (RFC 7517). */
export function idTokenKeySet(): { readonly keys: readonly object[] } {
  const key = keyPair().publicKey.export({ format: 'jwk' });
  return { keys: [{ ...key, kid: keyId, use: 'sig', alg: 'RS256' }] };
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
