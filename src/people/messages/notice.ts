/**
 * What a notice says of a run: counts, what waits and what failed. It names no person.
 *
 * @module
 */

import { escapeHtml } from '../invitation-message.js';
import type { ChangeNoun } from '../../model/index.js';
import type { Message, RunReport } from '../../ports/index.js';
import { ENGLISH, type NoticeWords, SPANISH } from './notice-words.js';

/**
 * What a notice is about.
 *
 * - `applied`: everything is done.
 * - `held`: something waits for a person.
 * - `partial`: something could not be done.
 * - `failed`: nothing could be done.
 * - `disconnected`: nothing could be done, because the provider refuses.
 */
export type NoticeStatus = 'applied' | 'held' | 'partial' | 'failed' | 'disconnected';

/** Something that waits, could not be done, or is to be known. */
export interface NoticeLine {
  /** The code of the hold, the failure or the note. */
  readonly code: string;
  /** In English: what `describeReason` says, or the failure's message. */
  readonly sentence: string;
  /** How many changes it is about; absent where it is about none. */
  readonly changes?: number;
}

/** What came of a run, for those who are told: ids, counts and sentences, never a name. */
export interface NoticeDetails {
  readonly runId: string;
  readonly type: RunReport['type'];
  readonly status: NoticeStatus;
  /** ISO instant. */
  readonly startedAt: string;
  /** The district's time zone (IANA). */
  readonly timeZone: string;
  /** What was applied: how many changes of each noun added, changed or took away. Nouns without any are left out. */
  readonly applied: Readonly<Partial<Record<ChangeNoun, NoticeCounts>>>;
  readonly holds: readonly NoticeLine[];
  readonly failures: readonly NoticeLine[];
  /** What has gone on for days, such as a feed that stays empty (Z2): the notice is to be louder. */
  readonly warnings: readonly NoticeLine[];
  /** Where the report can be read. */
  readonly reportUrl?: string;
}

/** How many changes did what. */
export interface NoticeCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/**
 * Writes a notice. What it returns goes out as it is: escape in `html` whatever is not yours.
 *
 * @example
 * ```ts
 * import type { NoticeTemplate } from 'rosterkit';
 *
 * export const german: NoticeTemplate = ({ status, holds, reportUrl = '' }) => ({
 *   subject: status === 'applied' ? 'Abgleich fertig' : 'Abgleich: bitte ansehen',
 *   text: `Es warten ${holds.length} Entscheidungen. ${reportUrl}\n`,
 * });
 * ```
 */
export type NoticeTemplate = (details: NoticeDetails) => Pick<Message, 'subject' | 'text' | 'html'>;

const NOUNS = ['school', 'class', 'user', 'enrollment', 'guardian'] as const;

/** The notices that rosterkit has, by language. */
export const noticeTemplates: Readonly<Record<'en' | 'es', NoticeTemplate>> = {
  en: (details) => written(details, ENGLISH, 'en-US'),
  es: (details) => written(details, SPANISH, 'es'),
};

/** One paragraph: a line, and those beneath it. */
interface Paragraph {
  readonly line: string;
  readonly items?: readonly string[];
}

function written(details: NoticeDetails, words: NoticeWords, locale: string): ReturnType<NoticeTemplate> {
  const { type, status, warnings, reportUrl } = details;
  const about = status === 'applied' && (type === 'approval' || type === 'undo') ? type : status;
  const paragraphs = paragraphsOf(details, words, words.leads[about]);
  const when = `${words.when} ${localTime(details, locale)}`;
  const link = reportUrl === undefined ? [] : [`${words.link} ${reportUrl}`];
  return {
    subject: `${warnings.length > 0 ? words.urgent : ''}${words.subjects[about]}`,
    text: `${[...paragraphs.map(textOf), ...link, when].join('\n\n')}\n`,
    html: [...paragraphs.map(htmlOf), ...htmlLink(words, reportUrl), htmlOf({ line: when })].join('\n'),
  };
}

function paragraphsOf(details: NoticeDetails, words: NoticeWords, lead: string): readonly Paragraph[] {
  const { applied, warnings, holds, failures } = details;
  const counts = NOUNS.flatMap((noun) => {
    const { added, changed, removed } = applied[noun] ?? { added: 0, changed: 0, removed: 0 };
    const parts = [
      [added, words.added],
      [changed, words.changed],
      [removed, words.removed],
    ] as const;
    const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${String(count)} ${word}`);
    return told.length === 0 ? [] : [`${words.nouns[noun]}: ${told.join(', ')}`];
  });
  const said = (lines: readonly NoticeLine[]): readonly string[] =>
    lines.map(({ code, sentence, changes }) => {
      const text = words.sentences[code] ?? sentence;
      return changes === undefined ? text : `${text} (${words.changes(changes)})`;
    });
  return [
    ...said(warnings).map((line) => ({ line })),
    { line: lead, items: counts },
    ...(holds.length === 0 ? [] : [{ line: words.waits, items: said(holds) }]),
    ...(failures.length === 0 ? [] : [{ line: words.failures, items: said(failures) }]),
  ];
}

function textOf({ line, items = [] }: Paragraph): string {
  return [line, ...items.map((item) => `- ${item}`)].join('\n');
}

function htmlOf({ line, items = [] }: Paragraph): string {
  const list = items.map((item) => `<li>${escapeHtml(item)}</li>`).join('');
  return `<p>${escapeHtml(line)}</p>${list === '' ? '' : `<ul>${list}</ul>`}`;
}

function htmlLink({ link }: NoticeWords, reportUrl: string | undefined): readonly string[] {
  if (reportUrl === undefined) return [];
  const url = escapeHtml(reportUrl);
  return [`<p>${escapeHtml(link)} <a href="${url}">${url}</a></p>`];
}

function localTime({ startedAt, timeZone }: NoticeDetails, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'long', timeStyle: 'short' });
  return `${format.format(new Date(startedAt))} (${timeZone})`;
}
