import { ConfigurationError } from 'rosterkit';
import { describe, expect, it } from 'vitest';
import { checkedBaseUrl } from '../../src/http/base-url.js';
import { withoutTrailing } from '../../src/internal/trailing.js';

describe('a base URL', () => {
  it.each([
    '192.0.0.8',
    '198.18.0.1',
    '198.19.255.254',
    '[2002:7f00:1::]',
    'localhost..',
    '10.0.0.1..',
    'metadata.internal..',
    'roster.localdomain',
    'roster.corp',
    'roster.home',
    'roster.default.svc',
    'roster.default.svc.cluster.local.',
  ])('names no host that is known inside of a network only: %s', (host) => {
    expect(() => checkedBaseUrl(`https://${host}`)).toThrow(ConfigurationError);
    expect(() => checkedBaseUrl(`https://${host}`)).toThrow(/private or loopback/);
  });

  it.each(['192.0.1.1', '198.20.0.1', '198.17.0.1', '[2003::1]', 'home.example.com', 'corp.example.com.'])(
    'may name the public host %s',
    (host) => {
      expect(checkedBaseUrl(`https://${host}`).href).toContain(host.toLowerCase());
    },
  );

  it('is at most 2,048 characters long', () => {
    const root = 'https://roster.example.com/';
    expect(checkedBaseUrl(root + 'a'.repeat(2_048 - root.length)).href).toHaveLength(2_048);
    expect(() => checkedBaseUrl(root + 'a'.repeat(2_049 - root.length))).toThrow(/baseUrl: has more than 2048/);
  });
});

describe('what stands at the end', () => {
  it('is taken away, and nothing else', () => {
    expect(withoutTrailing('/', 'a//b//')).toBe('a//b');
    expect(withoutTrailing('/', '///')).toBe('');
    expect(withoutTrailing('/', '')).toBe('');
  });

  it('is found at once, however much of it stands elsewhere', () => {
    // A pattern looks at the rest anew from every one of them: it would take minutes.
    const text = `${'/'.repeat(1_000_000)}a`;
    expect(withoutTrailing('/', text)).toBe(text);
  });
});
