import { byLanguage } from './by-language.js';
import { escapeHtml } from '../plain-text.js';
import type { InvitationDetails, Letter } from './templates.js';

/** What a default letter says in one language. A line is a paragraph. */
interface Words {
  readonly subject: string;
  readonly reminderSubject: string;
  readonly greeting: string;
  readonly greetingTo: (name: string) => string;
  readonly opening: Readonly<Record<InvitationDetails['audience'], string>>;
  readonly reminder: string;
  readonly code: (code: string) => string;
  readonly join: string;
  readonly validity: (day: string) => string;
  readonly text: (details: {
    readonly code: string;
    readonly day: string;
    readonly joinUrl: string | undefined;
  }) => string;
}

const english: Words = {
  subject: 'Your school invites you',
  reminderSubject: 'Your school invites you: a reminder',
  greeting: 'Hello,',
  greetingTo: (name) => `Hello ${name},`,
  opening: {
    teacher: 'your school has prepared an account for you, with your classes.',
    staff: 'your school has prepared an account for you.',
    student: 'your school has prepared an account for you, with your classes.',
    guardian: "your child's school has prepared an account for you. It opens the classes of your own children.",
  },
  reminder: 'You have not used your invitation yet. Here is a new code; the earlier one is not valid any more.',
  code: (code) => `Your invitation code: ${code}`,
  join: 'Join',
  validity: (day) => `The code is for you alone. It can be used once, until ${day}.`,
  text: ({ code, day, joinUrl }) =>
    joinUrl === undefined
      ? `Your school invites you. Code for you alone, to be used once until ${day}: ${code}`
      : `Your school invites you. For you alone, once, until ${day}: ${joinUrl}`,
};

const spanish: Words = {
  subject: 'Su escuela le invita',
  reminderSubject: 'Su escuela le invita: recordatorio',
  greeting: 'Hola:',
  greetingTo: (name) => `Hola, ${name}:`,
  opening: {
    teacher: 'Su escuela ha preparado una cuenta para usted, con sus clases.',
    staff: 'Su escuela ha preparado una cuenta para usted.',
    student: 'Tu escuela ha preparado una cuenta para ti, con tus clases.',
    guardian:
      'La escuela de su hijo o hija ha preparado una cuenta para usted. Da acceso a las clases de sus propios hijos.',
  },
  reminder: 'Todavía no ha usado su invitación. Este es un código nuevo; el anterior ya no es válido.',
  code: (code) => `Su código de invitación: ${code}`,
  join: 'Unirse',
  validity: (day) => `El código es solo para usted. Se puede usar una vez, hasta el ${day}.`,
  text: ({ code, day, joinUrl }) =>
    joinUrl === undefined
      ? `Su escuela le invita. Código solo para usted, de un solo uso, hasta el ${day}: ${code}`
      : `Su escuela le invita. Solo para usted, una vez, hasta el ${day}: ${joinUrl}`,
};

/** The languages of the default letters. */
const LANGUAGES: Readonly<Record<string, Words>> = { en: english, es: spanish };

/** The default letter. Its subject holds no data, so none can break out of the header. */
export function defaultLetter(details: InvitationDetails): Letter {
  const words = wordsOf(details.language);
  const { givenName, code, joinUrl, audience, expiresAt, isReminder } = details;
  const greeting = givenName === undefined ? words.greeting : words.greetingTo(givenName);
  const before = [greeting, words.opening[audience], ...(isReminder ? [words.reminder] : []), words.code(code)];
  const after = [words.validity(expiresAt.slice(0, 10)), ...signatureOf(details)];
  const textLines = [...before, ...(joinUrl === undefined ? [] : [joinUrl]), ...after];
  const paragraphs = (lines: readonly string[]): string[] => lines.map((line) => `<p>${escapeHtml(line)}</p>`);
  const link = joinUrl === undefined ? [] : [`<p><a href="${escapeHtml(joinUrl)}">${escapeHtml(words.join)}</a></p>`];
  return {
    subject: isReminder ? words.reminderSubject : words.subject,
    text: `${textLines.join('\n\n')}\n`,
    html: [...paragraphs(before), ...link, ...paragraphs(after)].join('\n'),
  };
}

/** The default text: it fits into one message of a mobile phone, and names nobody on a phone that others may see. */
export function defaultText({ language, code, expiresAt, joinUrl }: InvitationDetails): string {
  return wordsOf(language).text({ code, day: expiresAt.slice(0, 10), joinUrl });
}

/** Who invites, where the policy says so, and for which school. */
function signatureOf({ invitedBy, schoolName }: InvitationDetails): string[] {
  const names = [invitedBy, schoolName].filter((name) => name !== undefined);
  return names.length === 0 ? [] : [names.join(', ')];
}

/** A language of which there are no words is English: a code is better than none. */
function wordsOf(language: string): Words {
  return byLanguage(LANGUAGES, language) ?? english;
}
