/**
 * One class under a new sourcedId (K12), and sections that are classes that people made (K19).
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { Class, LocalClass, Proposal } from '../../model/index.js';
import type { FeedClass, HostClass } from './class-profile.js';
import { matchClasses } from './match-classes.js';
import { type Decisions, makeProposal, reopened, strongestFirst } from './proposals.js';

/** A section of the feed and a class of the host that are one from now on, because a person said so. */
export interface ClassMatch {
  readonly section: Class;
  readonly local: LocalClass;
  /** Whether people had made the class: it is tied to the section, and stays theirs. */
  readonly isLink: boolean;
}

export interface PairClassesInput {
  /**
   * K12: active roster and linked classes that are proven absent. K19: active classes that people made and that have no
   * sourcedId.
   */
  readonly hosts: readonly HostClass[];
  /** Sections that the host does not have, and that the policy would import but for their names. */
  readonly sections: readonly FeedClass[];
  readonly decisions: Decisions;
  /** Whether the re-key of this section was undone. */
  readonly isUndone: (section: Class) => boolean;
  /** ISO instant of the plan. */
  readonly now: string;
}

export interface ClassPairs {
  /** In the order of the sections' sourcedIds. */
  readonly matches: readonly ClassMatch[];
  readonly proposals: readonly Proposal[];
  /** The sourcedIds of sections that more than one class could be, in order: nothing is proposed for them. */
  readonly ambiguous: readonly string[];
}

/** K12: a class that vanished and a section that appeared. In a change of the id space (G5) likewise, for all of them. */
export function pairClasses({ isReset, ...input }: PairClassesInput & { readonly isReset: boolean }): ClassPairs {
  return pair(input, 'class-rekey', isReset ? 'G5' : 'K12');
}

/** K19: a section and a class that people made. */
export function linkClasses(input: PairClassesInput): ClassPairs {
  return pair(input, 'class-link', 'K19');
}

function pair(input: PairClassesInput, kind: 'class-rekey' | 'class-link', rule: string): ClassPairs {
  const { hosts, sections, decisions, now } = input;
  const { matches, again } = decidedPairs(input, kind);
  const decidedLocals = new Set([...matches.map(({ local }) => local.id), ...again.map(({ recordId }) => recordId)]);
  const decidedSections = new Set([
    ...matches.map(({ section }) => section.sourcedId),
    ...again.map(({ sourcedId }) => sourcedId),
  ]);
  const { pairs, ambiguous } = matchClasses(
    hosts.filter(({ local }) => !decidedLocals.has(local.id)),
    sections.filter(({ section }) => !decidedSections.has(section.sourcedId)),
    // Of a class that people made only some members are known to the feed.
    kind === 'class-rekey' ? 'of-both' : 'of-smaller',
    (host, feed) => decisions.isDeclined(kind, host.local.id, feed.section.sourcedId),
  );
  const proposals = pairs.map(({ host, feed, likeness, evidence }) =>
    makeProposal({
      kind,
      rule,
      local: host.local,
      sourcedId: feed.section.sourcedId,
      schoolSourcedId: feed.section.schoolSourcedId,
      evidence,
      likeness,
      now,
    }),
  );
  return {
    matches,
    proposals: [...again, ...proposals].sort(strongestFirst),
    ambiguous: ambiguous.map(({ section }) => section.sourcedId).sort(compareIds),
  };
}

/** A person's word goes before every likeness, as long as both records are as they were then. */
function decidedPairs(
  { hosts, sections, decisions, isUndone }: PairClassesInput,
  kind: 'class-rekey' | 'class-link',
): { readonly matches: readonly ClassMatch[]; readonly again: readonly Proposal[] } {
  const matches: ClassMatch[] = [];
  const again: Proposal[] = [];
  const accepted = decisions.accepted(kind);
  if (accepted.length === 0) return { matches, again };
  const locals = new Map(hosts.map(({ local }) => [local.id, local]));
  const bySourcedId = new Map(sections.map(({ section }) => [section.sourcedId, section]));
  for (const proposal of accepted) {
    const local = locals.get(proposal.recordId);
    const section = bySourcedId.get(proposal.sourcedId);
    if (local === undefined || section === undefined || local.sourcedId !== proposal.from) continue;
    if (isUndone(section)) again.push(reopened(proposal));
    else matches.push({ section, local, isLink: kind === 'class-link' });
  }
  matches.sort((left, right) => compareIds(left.section.sourcedId, right.section.sourcedId));
  return { matches, again };
}
