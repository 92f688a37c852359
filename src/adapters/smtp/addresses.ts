import { domainToASCII } from 'node:url';
import { ConfigurationError } from '../../errors.js';
import type { MailAddress } from './mail-transport.js';

/**
 * Neither white space, controls and lone surrogates nor what separates, quotes or comments in a list of addresses: one
 * address must not be read as two, or as somebody else's.
 */
const USABLE_ADDRESS = /^[^\s\p{C}@<>()[\]\\,;:"]+@[^\s\p{C}@<>()[\]\\,;:"]+$/u;

/** Whether a message can be sent to the address, and to nobody else by it. */
export function isUsableAddress(address: string): boolean {
  return USABLE_ADDRESS.test(address);
}

/**
 * An option that is an address, or one with a name.
 *
 * @throws ConfigurationError naming the option
 */
export function checkedAddress(parameter: string, value: unknown): MailAddress {
  const { name, address } = (typeof value === 'string' ? { name: '', address: value } : (value ?? {})) as {
    readonly name?: unknown;
    readonly address?: unknown;
  };
  if (typeof address !== 'string' || typeof name !== 'string' || !isUsableAddress(address)) {
    throw new ConfigurationError(parameter, "is an address, or { name, address }: 'Name <address>' is not taken apart");
  }
  if (domainOf(address) === '') throw new ConfigurationError(parameter, 'is an address at a domain that can exist');
  return { name: oneLine(name), address };
}

/** The domain of an address as it travels, or an empty text where there can be none of that name. */
export function domainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf('@') + 1));
}

/** A text for one line of a header: what would begin another line is a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
