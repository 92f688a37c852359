import type { Class, LocalClass, Proposal } from '../../model/index.js';
import type { Context } from '../context.js';
import type { PersonDirectory } from './directory.js';
import { isLink, isUnusedTwin, nounOfProposal, type ProposalNoun, type Whereabouts } from '../identity/index.js';

/** Where the records are today that proposals of earlier plans name: their answers end with what they were about. */
export class RecordWatch implements Whereabouts {
  /** Of the classes that are named: whether the feed has them, and the host's. */
  private readonly classes = new Map<string, { isInFeed: boolean; bearer: LocalClass | undefined }>();

  constructor(
    private readonly context: Context,
    private readonly directory: PersonDirectory,
  ) {
    for (const proposal of context.local.ledger.proposals ?? []) {
      for (const sourcedId of [proposal.sourcedId, proposal.from]) {
        if (sourcedId === undefined) continue;
        if (nounOfProposal(proposal) === 'user') directory.ask(sourcedId);
        else this.classes.set(sourcedId, { isInFeed: false, bearer: undefined });
      }
    }
  }

  /** A class of either side comes by. */
  note(section: Class | undefined, local: LocalClass | undefined): void {
    if (this.classes.size === 0) return;
    const known = this.classes.get((section ?? (local as LocalClass)).sourcedId as string);
    if (known === undefined) return;
    known.isInFeed ||= section !== undefined && section.status !== 'tobedeleted';
    known.bearer ??= local;
  }

  readonly judges = (proposal: Pick<Proposal, 'kind'>): boolean => {
    const { context } = this;
    if (nounOfProposal(proposal) === 'class' && !context.handlesClasses) return false;
    return isLink(proposal) ? judgesLinks(context) : context.feed.provesAbsence;
  };

  readonly bearerOf = (noun: ProposalNoun, sourcedId: string): string | undefined =>
    noun === 'user' ? this.directory.hostOf(sourcedId)?.id : this.classes.get(sourcedId)?.bearer?.id;

  readonly hasTwin = (sourcedId: string): boolean => {
    const bearer = this.classes.get(sourcedId)?.bearer;
    return bearer !== undefined && isUnusedTwin(bearer, []);
  };

  readonly isInFeed = (noun: ProposalNoun, sourcedId: string): boolean => {
    if (noun === 'class') return this.classes.get(sourcedId)?.isInFeed === true;
    const row = this.directory.feedOf(sourcedId);
    return row !== undefined && row.status !== 'tobedeleted';
  };
}

/** Whether what was read tells which records of the feed could be those that people made: absence plays no part in it. */
export function judgesLinks({ isRestricted, feed }: Context): boolean {
  return !isRestricted && feed.skippedSchools.size === 0;
}
