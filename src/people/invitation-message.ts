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

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
}

/** A name with a line break in it could pass for another paragraph of the message. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
