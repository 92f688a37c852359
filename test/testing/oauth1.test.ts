import { expect, test } from 'vitest';
import { OAuth1Verifier } from '../../src/testing/one-roster/oauth1.js';

// Signed by another implementation (oauthlib for Python), so that a mistake here cannot be made twice.
const vectors = [
  {
    url: 'http://127.0.0.1:8080/ims/oneroster/v1p1/users?limit=2&offset=0&sort=sourcedId&orderBy=asc&filter=role%3D%27student%27%20AND%20status%3D%27active%27',
    signature: 'O%2F6PCTnIldeBRF15POxlt0rLMNtmakPEE8QKXWjHtNw%3D',
  },
  {
    url: 'https://Roster.example/ims/oneroster/v1p1/users/a%2Fb?filter=familyName%3D%27O%20B%21%2Ar%27',
    signature: 'Yq8toNMOuVJ7pT9Gv%2BKAIBvXyQgwZ4yfbq7hp8n2Qs4%3D',
  },
];

test.each(vectors)('a signature of another implementation is accepted', ({ url, signature }) => {
  const authorization =
    'OAuth oauth_nonce="n0nce", oauth_timestamp="1789473600", oauth_version="1.0", ' +
    'oauth_signature_method="HMAC-SHA256", oauth_consumer_key="key%20%26%20one", ' +
    `oauth_signature="${signature}"`;
  const verifier = new OAuth1Verifier('key & one', 'sec/ret+1', () => 1_789_473_600_000);
  expect(verifier.objection({ method: 'GET', url, headers: { authorization } })).toBeUndefined();
  expect(verifier.objection({ method: 'POST', url, headers: { authorization } })).toBe('signature is wrong');
});
