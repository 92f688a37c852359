import type { UserRole } from '../../model/index.js';
import type { Channel, Invitation, OutboxMessage } from '../../ports/index.js';
import { addressDigest } from '../address-digest.js';
import { messageKey } from '../message-key.js';
import { nameForLetter } from '../plain-text.js';
import type { Signature } from './senders.js';
import { type InvitationDetails, letterOf, textOf } from './templates.js';
import { readerOf, type Writing } from './writing.js';

/** How long a code can be used: time for a holiday between the import and the first day of school. */
const EXPIRY_MS = 30 * 24 * 60 * 60 * 1000;

/** Who is invited, as far as a letter and its language depend on it. */
interface InvitedPerson {
  readonly id?: string | undefined;
  readonly sourcedId?: string | undefined;
  readonly roles?: readonly UserRole[] | undefined;
  readonly givenName?: string | undefined;
  readonly schoolSourcedIds?: readonly string[] | undefined;
}

/** Whom to invite, and on which occasion. */
export interface InvitationRequest {
  readonly tenant: string;
  /** The person, in the words of the change that makes them reachable: a host's id may not exist yet. */
  readonly subject: string;
  readonly person: InvitedPerson;
  readonly channel: Channel;
  /** An e-mail address, or the number of a mobile phone. */
  readonly address: string;
  readonly runId: string;
  /** ISO instant. */
  readonly at: string;
  /** True where the message waits for the next healthy run. */
  readonly isWaiting: boolean;
  readonly signature?: Signature | undefined;
  /** True where a person asks for another message of the same purpose: it has a key of its own. @default false */
  readonly isAgain?: boolean;
  /** @default false */
  readonly isReminder?: boolean;
  /** The code that went out for the same purpose before: the message of its key is there, and the code stays. @default none */
  readonly earlier?: Pick<Invitation, 'codeDigest' | 'expiresAt' | 'remindedAt'> | undefined;
}

/** An invitation as a batch carries it. */
export interface PreparedInvitation {
  readonly subject: string;
  readonly invitation: Invitation;
  readonly message: OutboxMessage;
}

/** When a code that is made now ends, ISO instant. */
export function expiryOf(at: string): string {
  return new Date(Date.parse(at) + EXPIRY_MS).toISOString();
}

/** Of whom and where a message is. */
export type Addressee = Pick<InvitationRequest, 'tenant' | 'subject' | 'channel' | 'address'>;

/** The key of the first message of a purpose: the same whatever crashes and is imported again. */
export function firstKey({ tenant, subject, channel, address }: Addressee): string {
  return messageKey({ tenant, subject, kind: 'invitation', channel, addressDigest: addressDigest(address, channel) });
}

/** The key of the message that carried the code of an invitation. A code that came later than the first has its own. */
export function keyOfCode(
  { remindedAt, codeDigest }: Pick<Invitation, 'remindedAt' | 'codeDigest'>,
  to: Addressee,
): string {
  return remindedAt === undefined ? firstKey(to) : laterKey(codeDigest, to);
}

function laterKey(codeDigest: string, to: Addressee): string {
  return firstKey({ ...to, subject: JSON.stringify([to.subject, codeDigest]) });
}

/**
 * An invitation with its message, under a key that is the same for the same person and address: the code is in the
 * message alone, of which a store keeps nothing once it is sent.
 *
 * @throws ConfigurationError naming the template, the link or the language that is not usable
 */
export function prepareInvitation(request: InvitationRequest, writing: Writing): PreparedInvitation {
  const { subject, channel, address, signature, earlier, isAgain = false } = request;
  const kind = 'invitation';
  const { code, digest: newDigest } = writing.codes.create();
  const digest = addressDigest(address, channel);
  const expiresAt = expiryOf(request.at);
  const details = detailsOf(request, writing, { code, expiresAt });
  return {
    subject,
    invitation: {
      id: crypto.randomUUID(),
      userId: subject,
      kind: 'account',
      addressDigest: digest,
      codeDigest: earlier?.codeDigest ?? newDigest,
      state: 'pending',
      createdAt: request.at,
      expiresAt: earlier?.expiresAt ?? expiresAt,
      ...(earlier?.remindedAt === undefined ? {} : { remindedAt: earlier.remindedAt }),
      ...(isAgain ? { remindedAt: request.at } : {}),
    },
    message: {
      idempotencyKey: isAgain ? laterKey(newDigest, request) : firstKey(request),
      kind,
      channel,
      state: request.isWaiting ? 'waiting' : 'pending',
      runId: request.runId,
      userId: subject,
      to: [address],
      addressDigests: [digest],
      attempts: 0,
      accepted: 0,
      ...(channel === 'text' ? { subject: '', text: textOf(writing.templates, details) } : mailOf(writing, details)),
      ...(signature === undefined || channel === 'text' ? {} : { replyTo: signature.replyTo }),
    },
  };
}

function mailOf({ templates }: Writing, details: InvitationDetails): Pick<OutboxMessage, 'subject' | 'text' | 'html'> {
  const { subject, text, html } = letterOf(templates, details);
  return { subject, text, ...(html === undefined ? {} : { html }) };
}

function detailsOf(
  { person, signature, isReminder = false }: InvitationRequest,
  { linkOf, languageOf }: Writing,
  { code, expiresAt }: { readonly code: string; readonly expiresAt: string },
): InvitationDetails {
  const reader = readerOf(person);
  const givenName = nameForLetter(person.givenName);
  const invitedBy = nameForLetter(signature?.name);
  const schoolName = nameForLetter(signature?.schoolName);
  return {
    audience: reader.audience,
    language: languageOf(reader),
    code,
    expiresAt,
    isReminder,
    ...(linkOf === undefined ? {} : { joinUrl: linkOf(code) }),
    ...(givenName === undefined ? {} : { givenName }),
    ...(invitedBy === undefined ? {} : { invitedBy }),
    ...(schoolName === undefined ? {} : { schoolName }),
  };
}
