import {
  generateDistrict,
  oneRosterCsvFiles,
  simulateClassLink,
  simulateClever,
  simulateOneRoster,
} from 'rosterkit/testing';
import { classLinkHandlers, cleverHandlers, oneRosterHandlers } from 'rosterkit/testing/msw';
import { describe, expect, test } from 'vitest';

const district = generateDistrict();
const naming = (parameter: string) => expect.objectContaining({ code: 'configuration', parameter }) as Error;

describe('an option that does not exist is named', () => {
  test.each([
    ['simulateClever', simulateClever],
    ['simulateClassLink', simulateClassLink],
    ['simulateOneRoster', simulateOneRoster],
  ] as const)('by %s', async (_, simulate) => {
    await expect(simulate(district, { quirk: {} } as never)).rejects.toEqual(naming('quirk'));
  });

  test.each<[string, (options: never) => unknown]>([
    ['cleverHandlers', (options) => cleverHandlers(district, options)],
    ['classLinkHandlers', (options) => classLinkHandlers(district, options)],
    ['oneRosterHandlers', (options) => oneRosterHandlers(district, options)],
    ['oneRosterCsvFiles', (options) => oneRosterCsvFiles(district, options)],
  ])('by %s', (_, make) => {
    expect(() => make({ quirk: {} } as never)).toThrow(naming('quirk'));
  });
});

test('every option that exists is known', async () => {
  const clock = { now: () => new Date(0) };
  const shared = { key: 'k', secret: 's', bearer: 'b', clock, version: '1.1', agents: 'both', quirks: {} } as const;
  const server = { port: 0, pageLatencyMs: 0 };
  const credentials = {
    clientCredentials: { clientId: 'c', clientSecret: 's' },
    signatureMethods: ['HMAC-SHA1'],
  } as const;
  const services = await Promise.all([
    simulateOneRoster(district, { ...shared, ...credentials, ...server }),
    simulateClassLink(district, { ...shared, ...credentials, ...server, proxy: {}, signIn: {} }),
    simulateClever(district, {
      ...server,
      clock,
      clientId: 'c',
      clientSecret: 's',
      redirectUris: ['https://app.example'],
      token: 't',
      scopes: ['read:users'],
      hasEvents: true,
      rateLimit: 5,
      rateWindowMs: 5,
      hasRateHeaders: false,
    }),
  ]);
  await Promise.all(services.map((service) => service.close()));
  expect(services).toHaveLength(3);
});
