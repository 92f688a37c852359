import { ConfigurationError } from '../../errors.js';
import type { UserRole } from '../../model/index.js';
import { byLanguage } from './by-language.js';
import { callHost } from './host-call.js';
import { defaultLetter, defaultText } from './letters.js';
import { oneLine } from '../plain-text.js';

/** Whom a letter is for. Who is several of these gets that of the first. */
export type Audience = 'teacher' | 'staff' | 'guardian' | 'student';

/** What an invitation may say. Names are on one line, and nothing is escaped: {@link escapeHtml} does that. */
export interface InvitationDetails {
  readonly audience: Audience;
  /** A tag such as `en` or `es-MX`. */
  readonly language: string;
  readonly code: string;
  /** Where the code can be used, an https address; absent without the option `join`. */
  readonly joinUrl?: string;
  /** ISO instant. */
  readonly expiresAt: string;
  /** True where the person was invited before, and this code takes the place of the earlier one. */
  readonly isReminder: boolean;
  readonly givenName?: string;
  /** Who invites (`invitations.from`). */
  readonly invitedBy?: string;
  /** The school for which they invite. */
  readonly schoolName?: string;
}

/** A message to one person. */
export interface Letter {
  /** Becomes one line. */
  readonly subject: string;
  readonly text: string;
  /** @default mail in plain text */
  readonly html?: string | undefined;
}

/** Writes a letter. It is called while changes are applied: it is quick, and asks nobody. */
export type InvitationTemplate = (details: InvitationDetails) => Letter;

/** Writes the text of an SMS. */
export type InvitationTextTemplate = (details: InvitationDetails) => string;

/** One for every language, or one for each by its tag. A language that is not there gets the default letter. */
export type ByLanguage<T> = T | Readonly<Record<string, T>>;

/** Letters in place of the default ones. */
export interface InvitationTemplates {
  /** @default in English and Spanish */
  readonly teacher?: ByLanguage<InvitationTemplate> | undefined;
  /** Staff and administrators, who are invited by hand alone. @default in English and Spanish */
  readonly staff?: ByLanguage<InvitationTemplate> | undefined;
  /** @default in English and Spanish */
  readonly guardian?: ByLanguage<InvitationTemplate> | undefined;
  /** @default in English and Spanish */
  readonly student?: ByLanguage<InvitationTemplate> | undefined;
  /** SMS, to guardians alone. @default in English and Spanish */
  readonly text?: ByLanguage<InvitationTextTemplate> | undefined;
}

const NAMES: readonly (keyof InvitationTemplates)[] = ['teacher', 'staff', 'guardian', 'student', 'text'];

/** For whom a letter to a person of these roles is written. */
export function audienceOf(roles: readonly UserRole[]): Audience {
  if (roles.includes('teacher')) return 'teacher';
  if (roles.some((role) => role !== 'guardian' && role !== 'student')) return 'staff';
  return roles.includes('guardian') ? 'guardian' : 'student';
}

/** @throws ConfigurationError naming the template that does not exist, or is none */
export function checkTemplates(templates: unknown): void {
  if (templates === undefined) return;
  if (typeof templates !== 'object' || templates === null) {
    throw new ConfigurationError('templates', `is an object of templates: ${NAMES.join(', ')}`);
  }
  for (const [name, template] of Object.entries(templates as Readonly<Record<string, unknown>>)) {
    const parameter = `templates.${name}`;
    if (!(NAMES as readonly string[]).includes(name)) {
      throw new ConfigurationError(parameter, `is no template. There are ${NAMES.join(', ')}.`);
    }
    if (template === undefined || typeof template === 'function') continue;
    const isObject = typeof template === 'object' && template !== null;
    const languages = isObject ? Object.entries(template as Readonly<Record<string, unknown>>) : [];
    const wrong = languages.find(([, one]) => typeof one !== 'function');
    if (languages.length === 0 || wrong !== undefined) {
      const where = wrong === undefined ? parameter : `${parameter}.${wrong[0]}`;
      throw new ConfigurationError(where, 'is a function, or an object with one for each language');
    }
  }
}

/**
 * The letter of an invitation.
 *
 * @throws ConfigurationError naming the template that fails, or makes no letter; it quotes nothing of it
 */
export function letterOf(templates: InvitationTemplates, details: InvitationDetails): Letter {
  const { audience, language } = details;
  const template = inLanguage(templates[audience], language);
  if (template === undefined) return defaultLetter(details);
  const parameter = `templates.${audience}`;
  const letter: unknown = callHost(parameter, () => template(details));
  const { subject, text, html } = (letter ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof subject !== 'string' || typeof text !== 'string' || text.trim() === '') {
    throw new ConfigurationError(parameter, 'returns { subject, text } or { subject, text, html }');
  }
  if (html !== undefined && typeof html !== 'string') throw new ConfigurationError(parameter, 'returns html as a text');
  return { subject: oneLine(subject), text, ...(html === undefined ? {} : { html }) };
}

/**
 * The text of an SMS.
 *
 * @throws ConfigurationError naming the template that fails, or makes no text
 */
export function textOf({ text: template }: InvitationTemplates, details: InvitationDetails): string {
  const chosen = inLanguage(template, details.language);
  if (chosen === undefined) return defaultText(details);
  const text: unknown = callHost('templates.text', () => chosen(details));
  if (typeof text !== 'string' || text.trim() === '') throw new ConfigurationError('templates.text', 'returns a text');
  return text;
}

function inLanguage<T extends (details: InvitationDetails) => unknown>(
  template: ByLanguage<T> | undefined,
  language: string,
): T | undefined {
  if (template === undefined || typeof template === 'function') return template;
  return byLanguage(template, language);
}
