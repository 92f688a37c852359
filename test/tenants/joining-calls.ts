/** Calls about who comes in, and who may do what. */

import { type Call, showing } from './calls.js';
import { OWN_PERMISSION, type Known } from './side.js';

const by = { by: 'somebody' };
const forged = { givenName: 'F', familyName: 'F', email: 'f@forged.example' };

export const invitationsCalls: Readonly<Record<string, Call>> = {
  pending: { call: async ({ invitations }, of) => showing(of, of.invitation.id, await invitations.pending()) },
  issue: { call: ({ invitations }, of) => invitations.issue(of.localUserId, { ...by, byHand: true }) },
  resend: { call: ({ invitations }, of) => invitations.resend(of.outsiderId, { ...by, byHand: true }) },
  revoke: { call: ({ invitations }, of) => invitations.revoke(of.outsiderId, by) },
  remind: {
    call: ({ invitations }) => invitations.remind({ afterDays: 1 }),
    noneOfTenant: 'nobody was invited a day ago',
  },
  accept: { call: ({ invitations }, of) => invitations.accept(of.code) },
  lookUp: { call: async ({ invitations }, of) => showing(of, of.codeId, await invitations.lookUp(of.code)) },
  familyCode: { call: ({ invitations }, of) => invitations.familyCode(of.studentId, by) },
  redeemFamilyCode: { call: ({ invitations }, of) => invitations.redeemFamilyCode(of.familyCode, forged) },
  familyRequests: {
    call: async ({ invitations }, of) => showing(of, of.requestId, await invitations.familyRequests()),
  },
  approveFamily: { call: ({ invitations }, of) => invitations.approveFamily(of.requestId, by) },
  declineFamily: { call: ({ invitations }, of) => invitations.declineFamily(of.requestId, by) },
};

/** The mark of the tenant whose people may do what only they may. */
function marked(of: Known, isAllowed: boolean): string {
  return isAllowed ? of.side.mark : '';
}

export const accessCalls: Readonly<Record<string, Call>> = {
  can: { call: async ({ access }, of) => marked(of, await access.can(of.localUserId, OWN_PERMISSION(of.side.mark))) },
  explain: {
    call: async ({ access }, of) =>
      marked(of, (await access.explain(of.localUserId, OWN_PERMISSION(of.side.mark))).allowed),
  },
  permissionsOf: { call: ({ access }, of) => access.permissionsOf(of.localUserId) },
  of: { call: async ({ access }, of) => (await access.of(of.localUserId)).permissions },
};
