import { z } from 'zod';
import { ConfigurationError } from '../../errors.js';

type Fetch = typeof globalThis.fetch;

/** What an application is known to Clever by, and how to reach it: the options that more than one class takes. */
export const applicationOptions = {
  // RFC 7617: a colon would end the id where the two are joined.
  clientId: z
    .string("is needed: the application's client id")
    .regex(/^[\x21-\x39\x3b-\x7e]+$/, 'is empty, or holds characters that no client id has'),
  clientSecret: z
    .string("is needed: the application's client secret")
    .regex(/^[\x21-\x7e]+$/, 'is empty, or holds characters that no client secret has'),
  baseUrl: z.string('is a URL').optional(),
  allowInsecureHosts: z.array(z.string('is a host'), 'is a list of hosts').readonly().optional(),
  timeoutMs: z.int('is a whole number of milliseconds').min(1, 'is at least 1').optional(),
  fetch: z.custom<Fetch>((value) => typeof value === 'function', 'is a function like fetch').optional(),
};

/** The header by which an application proves who it is (RFC 7617). */
export function basicAuthorization(clientId: string, clientSecret: string): { readonly authorization: string } {
  return { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` };
}

/** @throws ConfigurationError where the id names no district */
export function checkedDistrictId(districtId: unknown): string {
  if (typeof districtId !== 'string' || !/^\S+$/.test(districtId)) {
    throw new ConfigurationError('districtId', "is no id: give Clever's id of the district.");
  }
  return districtId;
}
