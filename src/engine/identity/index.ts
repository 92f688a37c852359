/** Who is who, and which class is which: records that are one, and records that only seem to be. */

export { afterDeletions } from './after-deletions.js';
export { isAnotherPerson } from './another-person.js';
export { feedClass, hostClass, type FeedClass, type HostClass } from './class-profile.js';
export { feedIdOf } from './feed-ids.js';
export { giveUpSourcedId } from './give-up-id.js';
export { addressesOf, linkUsers, sharedAddresses, type Bearer, type LinkUsersInput } from './link-users.js';
export { linkClasses, pairClasses } from './pair-classes.js';
export { pairUsers, type PairUsersInput, type PersonMatch } from './pair-users.js';
export { possiblePairs } from './possible-pairs.js';
export {
  decideProposal,
  isResetOpen,
  nounOfProposal,
  type ProposalDecision,
  type ProposalNoun,
} from '../../model/index.js';
export { Decisions, isLink, settleProposals, waitingIds, type Whereabouts } from './proposals.js';
export { classRekey, userRekey, type RekeyPatch } from './rekey.js';
export { detectClassReset, detectUserReset, type IdSpaceReset } from './reset.js';
export { isUnusedTwin, removeTwin } from './twin.js';
export { isUntied } from './untied.js';
