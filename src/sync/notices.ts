import { ConfigurationError, RosterError } from '../errors.js';
import { describeReason } from '../engine/index.js';
import { checkFunction, checkOptionNames } from '../internal/options.js';
import {
  addressDigest,
  type NoticeCounts,
  type NoticeDetails,
  type NoticeLine,
  type NoticeStatus,
  type NoticeTemplate,
  noticeKey,
  noticeTemplates,
  oneLine,
} from '../people/index.js';
import type { ChangeKind, ChangeNoun } from '../model/index.js';
import type { OutboxMessage, RunFailure, RunReport } from '../ports/index.js';
import { hasImported } from './inviting.js';
import type { SyncContext } from './options.js';
import { type NoticeRecipient, recipientsOf } from './recipients.js';
import type { RunProgress } from './recording.js';

/** How notices are written. Who gets them is for `policy.notify` to say. */
export interface NoticeOptions {
  /** Where people read the report of a run, as an https address. @default notices have no link */
  readonly reportUrl?: ((runId: string) => string) | undefined;
  /** The language of a person's notice, such as `es`; one without a template is English. @default 'en' */
  readonly language?: string | ((recipient: NoticeRecipient) => string) | undefined;
  /** Templates by language, in place of rosterkit's own and beside them. @default English (`en`) and Spanish (`es`) */
  readonly templates?: Readonly<Record<string, NoticeTemplate>> | undefined;
}

/** The options of notices, complete. */
export interface Notices {
  readonly reportUrl: ((runId: string) => string) | undefined;
  readonly languageOf: (recipient: NoticeRecipient) => string;
  readonly templates: ReadonlyMap<string, NoticeTemplate>;
}

/** Codes of failures that only the district or the provider can end. */
const REFUSALS: ReadonlySet<string> = new Set(['authentication', 'permission_denied', 'disconnected']);

/** So many lines of failures are told; the report has them all. */
const MOST_FAILURES = 10;

const ADDING = /-(create|add|restore|reactivate|unarchive)$|^guardian-link$/;
const REMOVING = /-(archive|purge|delete|remove|unlink|deactivate)$/;

/** @throws ConfigurationError naming the option of `notices` that is unknown or impossible */
export function settleNotices(options: NoticeOptions | undefined): Notices {
  if (options === undefined) return settleNotices({});
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError('notices', 'is an object such as { language: "es" }');
  }
  checkOptionNames(options, ['reportUrl', 'language', 'templates']);
  const { reportUrl, language = 'en', templates = {} } = options;
  checkFunction('notices.reportUrl', reportUrl);
  if (typeof language !== 'string') checkFunction('notices.language', language);
  for (const [name, template] of Object.entries(templates)) checkFunction(`notices.templates.${name}`, template);
  return {
    reportUrl,
    languageOf: typeof language === 'string' ? () => language : language,
    templates: new Map(Object.entries({ ...noticeTemplates, ...templates })),
  };
}

/**
 * The messages that tell of a run, one for each person. They are written together with its report: both are there, or
 * neither. What keeps them from being written is a failure of the run, and never its end.
 */
export async function noticesOf(
  context: SyncContext,
  report: RunReport,
  progress: RunProgress,
): Promise<readonly OutboxMessage[]> {
  try {
    const { policy } = progress;
    const { roles = [], silentFirstSync, unchanged } = policy.notify ?? {};
    if (roles.length === 0 || !isWorthTelling(report, progress, unchanged === true)) return [];
    if (silentFirstSync === true && !(await hasImported(context))) return [];
    const recipients = await recipientsOf(context, roles, reachOf(report, progress));
    return writeNotices(context, detailsOf(context, report, progress), recipients);
  } catch (error) {
    progress.failures.push(failureOf(error));
    context.events.report(error);
    return [];
  }
}

function writeNotices(
  { scope, notices }: SyncContext,
  details: NoticeDetails,
  recipients: readonly (NoticeRecipient & { readonly email: string })[],
): readonly OutboxMessage[] {
  const written = new Map<string, ReturnType<NoticeTemplate>>();
  return recipients.map(({ email, ...recipient }): OutboxMessage => {
    const language = notices.languageOf(recipient);
    const known = notices.templates.has(language) ? language : 'en';
    const text = written.get(known) ?? writtenBy(notices.templates.get(known) ?? noticeTemplates.en, details);
    written.set(known, text);
    const digest = addressDigest(email);
    return {
      idempotencyKey: noticeKey({ tenant: scope.tenant, runId: details.runId, addressDigest: digest }),
      kind: 'notice',
      channel: 'email',
      state: 'pending',
      runId: details.runId,
      userId: recipient.userId,
      to: [email],
      addressDigests: [digest],
      attempts: 0,
      accepted: 0,
      ...text,
    };
  });
}

function writtenBy(template: NoticeTemplate, details: NoticeDetails): ReturnType<NoticeTemplate> {
  const { subject, text, html } = template(details);
  if (typeof subject !== 'string' || typeof text !== 'string' || (html !== undefined && typeof html !== 'string')) {
    throw new ConfigurationError('notices.templates', 'return { subject, text, html? }, each a text');
  }
  return { subject: oneLine(subject), text, ...(html === undefined ? {} : { html }) };
}

/**
 * Nobody hears of a run that was stopped, because the next one tells; of what a person discarded, who knows; and of one that
 * found nothing to do, or was let do nothing by a blackout.
 */
function isWorthTelling(
  { type, outcome, applied, failures }: RunReport,
  progress: RunProgress,
  unchanged: boolean,
): boolean {
  if (type === 'discard' || outcome === 'aborted') return false;
  if (outcome === 'failed' || outcome === 'partial') return true;
  if (progress.isBlackout) return false;
  return outcome === 'held' || applied > 0 || failures.length > 0 || unchanged;
}

/** Which schools are concerned; of a run that failed nobody knows, so it is all of them. */
function reachOf({ outcome }: RunReport, { touched }: RunProgress): RunProgress['touched'] | undefined {
  return outcome === 'failed' || touched.isEmpty ? undefined : touched;
}

function detailsOf(context: SyncContext, report: RunReport, progress: RunProgress): NoticeDetails {
  const { id: runId, type, startedAt, holds } = report;
  const reportUrl = context.notices.reportUrl?.(runId);
  return {
    runId,
    type,
    status: statusOf(report),
    startedAt,
    timeZone: progress.policy.timeZone,
    applied: countsOf(progress.appliedByKind),
    holds: holds.map((hold): NoticeLine => {
      const { id, code, changes } = hold;
      const sentence = progress.sentences.get(id) ?? describeReason(hold);
      return { code, sentence, ...(changes.length === 0 ? {} : { changes: changes.length }) };
    }),
    failures: failureLines(report.failures),
    warnings: progress.warnings,
    ...(reportUrl === undefined ? {} : { reportUrl: checkedUrl(reportUrl) }),
  };
}

function statusOf({ outcome, failures }: RunReport): NoticeStatus {
  if (outcome === 'failed' && failures.some(({ code }) => REFUSALS.has(code))) return 'disconnected';
  return outcome === 'held' || outcome === 'partial' || outcome === 'failed' ? outcome : 'applied';
}

function countsOf(byKind: ReadonlyMap<ChangeKind, number>): NoticeDetails['applied'] {
  const counts: Partial<Record<ChangeNoun, NoticeCounts>> = {};
  for (const [kind, count] of byKind) {
    const noun = kind.slice(0, kind.indexOf('-')) as ChangeNoun;
    const { added, changed, removed } = counts[noun] ?? { added: 0, changed: 0, removed: 0 };
    if (ADDING.test(kind)) counts[noun] = { added: added + count, changed, removed };
    else if (REMOVING.test(kind)) counts[noun] = { added, changed, removed: removed + count };
    else counts[noun] = { added, changed: changed + count, removed };
  }
  return counts;
}

/** One line for each kind of failure: of changes their number. */
function failureLines(failures: readonly RunFailure[]): readonly NoticeLine[] {
  const lines = new Map<string, NoticeLine>();
  for (const { code, key, message } of failures) {
    const line = `${code} ${message}`;
    const changes = (lines.get(line)?.changes ?? 0) + (key === undefined ? 0 : 1);
    lines.set(line, { code, sentence: message, ...(changes === 0 ? {} : { changes }) });
  }
  return [...lines.values()].slice(0, MOST_FAILURES);
}

/** A link in a mail is followed without a second look: it is encrypted, or leads to the machine itself. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url !== undefined && (url.protocol === 'https:' || isLocal)) return url.href;
  throw new ConfigurationError('notices.reportUrl', 'returns an https address');
}

function failureOf(error: unknown): RunFailure {
  if (RosterError.isInstance(error)) return { code: error.code, message: error.message };
  return { code: 'unexpected', message: 'The notice of this run could not be written.' };
}
