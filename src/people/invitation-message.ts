import type { Message } from '../ports/index.js';

/** What an invitation may say. */
export interface InvitationDetails {
  readonly code: string;
  /** ISO instant. */
  readonly expiresAt: string;
  readonly givenName?: string;
}

/** The text of an invitation, without its recipients. The subject holds no data, so none can break out of the header. */
export function invitationMessage(details: InvitationDetails): Omit<Message, 'to'> {
  const name = oneLine(details.givenName ?? '');
  const greeting = name === '' ? 'Hello,' : `Hello ${name},`;
  const lastDay = details.expiresAt.slice(0, 10);
  const lines = [
    'your school has prepared an account for you.',
    `Your invitation code: ${details.code}`,
    `The code is for you alone. It can be used once, until ${lastDay}.`,
  ];
  return {
    subject: 'Your school invites you',
    text: `${[greeting, ...lines].join('\n\n')}\n`,
    html: [greeting, ...lines].map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
  };
}

/** The invitation as a text: it fits into one message of a mobile phone, and names nobody on a phone that others may see. */
export function invitationText({ code, expiresAt }: InvitationDetails): Pick<Message, 'text'> {
  const lastDay = expiresAt.slice(0, 10);
  return { text: `Your school invites you. Code for you alone, to be used once until ${lastDay}: ${code}` };
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in HTML, also in an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
}

/** A name with a line break in it could pass for another paragraph of the message. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
