import { ConfigurationError } from '../../errors.js';
import { checkFunction } from '../../internal/options.js';
import type { UserRole } from '../../model/index.js';
import { type CodeKey, Codes } from './codes.js';
import { callHost } from './host-call.js';
import { type JoinLink, settleJoin } from './join-link.js';
import { audienceOf, type Audience, checkTemplates, type InvitationTemplates } from './templates.js';

/** What is known of a person whose language is asked for. */
export interface Reader {
  /** The host's id; absent where the person is about to be created. */
  readonly id?: string | undefined;
  readonly sourcedId?: string | undefined;
  readonly audience: Audience;
  readonly schoolSourcedIds: readonly string[];
}

/** How invitations are written. Give `RosterSync` and `Invitations` the same. */
export interface WritingOptions {
  /**
   * The secret under which codes are digested (HMAC-SHA-256): 32 random bytes, or these in base64. Of a list the first
   * writes, and all are read: put a new one first, and take the old one away a month later. With a key codes have 16
   * characters.
   *
   * @default none, and codes have 24 characters: a copy of the store alone is then no way to find one, either
   */
  readonly codeKey?: CodeKey | readonly CodeKey[] | undefined;
  /** Where a code can be used: the Join link of every message. @default none, and messages say the code alone */
  readonly join?: JoinLink | undefined;
  /** Letters in place of the default ones. @default in English and Spanish */
  readonly templates?: InvitationTemplates | undefined;
  /** The language of everybody, such as `es`, or a function that tells a person's. @default 'en' */
  readonly language?: string | ((reader: Reader) => string) | undefined;
}

/** How invitations are written, settled. */
export interface Writing {
  readonly codes: Codes;
  readonly linkOf: ((code: string) => string) | undefined;
  readonly templates: InvitationTemplates;
  readonly languageOf: (reader: Reader) => string;
}

/** The names of the options, for who checks them together with others. */
export const WRITING_OPTIONS: readonly (keyof WritingOptions)[] = ['codeKey', 'join', 'templates', 'language'];

/** @throws ConfigurationError naming the option that is impossible */
export function settleWriting(tenant: string, options: WritingOptions = {}): Writing {
  const { codeKey, join, templates, language = 'en' } = options;
  checkTemplates(templates);
  if (typeof language !== 'string') checkFunction('language', language);
  else if (language.trim() === '') throw new ConfigurationError('language', 'is a tag such as es, or a function');
  return {
    codes: new Codes(tenant, codeKey),
    linkOf: settleJoin(join),
    templates: templates ?? {},
    languageOf: (reader) => {
      const tag: unknown = typeof language === 'string' ? language : callHost('language', () => language(reader));
      if (typeof tag === 'string' && tag !== '') return tag;
      throw new ConfigurationError('language', 'returns a tag such as es');
    },
  };
}

/** A person as the option `language` gets to know them. */
export function readerOf(person: {
  readonly id?: string | undefined;
  readonly sourcedId?: string | undefined;
  readonly roles?: readonly UserRole[] | undefined;
  readonly schoolSourcedIds?: readonly string[] | undefined;
}): Reader {
  const { id, sourcedId, roles = [], schoolSourcedIds = [] } = person;
  return { id, sourcedId, audience: audienceOf(roles), schoolSourcedIds };
}
