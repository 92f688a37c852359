import { classlinkApplicationForm } from 'rosterkit/classlink';
import { describe, expect, test } from 'vitest';

const redirectUri = 'https://app.example/classlink/callback';

describe('the application form', () => {
  test('names every value with the page that it goes to', () => {
    const { entries, text } = classlinkApplicationForm({ name: 'Example', redirectUri });
    const value = (field: string) => entries.find((entry) => entry.field === field)?.value;
    expect(value('App Name')).toBe('Example');
    expect(value('Redirect URI')).toBe(redirectUri);
    expect(value('Login URL')).toBe(redirectUri);
    expect(value('Domain')).toBe('app.example');
    expect(value('Scopes')).toBe('profile oneroster');
    expect(value('Roster Server Connection: OneRoster version')).toBe('1.1');
    expect(value('Roster Server Connection: required fields')).toContain('users.agents, users.sms, users.phone');
    expect(value('Unenrolled Users')).toBe('on');
    expect(value('Demographics')).toBe('off');
    for (const entry of entries) expect(text).toContain(`  ${entry.field}: ${entry.value}`);
    expect(text).toMatch(/^Partner Portal\n {2}App Name: Example\n/);
    expect(text).toContain('\n\nRoster Server\n');
  });

  test.each([
    [{}, 'on', /guardians and administrators/],
    [{ guardians: false }, 'on', /no administrators/],
    [{ administrators: false }, 'on', /no guardians/],
    [{ guardians: false, administrators: false }, 'off', /^$/],
  ])('asks for Unenrolled Users only where somebody would be missed: %j', (options, value, reason) => {
    const { entries } = classlinkApplicationForm({ name: 'Example', ...options });
    const entry = entries.find(({ field }) => field === 'Unenrolled Users');
    expect(entry?.value).toBe(value);
    expect(entry?.reason ?? '').toMatch(reason);
  });

  test('speaks of signing in only where people do', () => {
    const { entries } = classlinkApplicationForm({ name: 'Example', demographics: true, guardians: false });
    expect(entries.some(({ field }) => field === 'Redirect URI')).toBe(false);
    expect(entries.find(({ field }) => field === 'Demographics')?.value).toBe('on');
    expect(entries.find(({ field }) => field.endsWith('required fields'))?.value).not.toContain('users.agents');
  });
});

test.each([
  ['name', { name: ' ' }],
  ['redirectUri', { redirectUri: 'http://app.example/callback' }],
  ['signInUrl', { signInUrl: 'http://app.example' }],
  ['guardian', { guardian: true }],
  ['guardians', { guardians: 'no' }],
  ['scopes', { scopes: 'profile' }],
  ['scopes', { redirectUri, scopes: ['profile oneroster'] }],
])('a mistake in %s is named', (parameter, options) => {
  expect(() => classlinkApplicationForm({ name: 'Example', ...(options as object) })).toThrow(
    expect.objectContaining({ code: 'configuration', parameter }),
  );
});
