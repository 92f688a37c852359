import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import type { Invitation, InvitationWrite, OutboxMessage, RunReport, SaveRunOptions } from '../../src/ports/index.js';
import type { FaultyStore } from './mixed-scopes.js';

/** A store that writes another invitation, or another message with it, than it is given. */
function rewriting(rewrite: (write: InvitationWrite, store: MemoryStore, scope: Scope) => Promise<InvitationWrite>) {
  return class extends MemoryStore {
    override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
      return super.saveInvitation(scope, await rewrite(write, this, scope));
    }
  };
}

/** A store that looks what is there and takes it for what is to be replaced, where `isMeant` says so. */
function replacing(isMeant: (known: Invitation | undefined, write: InvitationWrite) => boolean): typeof MemoryStore {
  return rewriting(async (write, store, scope) => {
    const { userId, kind, addressDigest } = write.invitation;
    const known = (await store.invitations(scope, { userIds: [userId] })).find(
      (each) => each.kind === kind && each.addressDigest === addressDigest,
    );
    return isMeant(known, write) ? { ...write, replaces: known } : write;
  });
}

/** A store that has lost what is not of one purpose alone. */
function mistaking(purposeOf: (invitation: Invitation) => string): typeof MemoryStore {
  return class extends MemoryStore {
    override async invitations(
      scope: Scope,
      options?: { readonly userIds?: readonly string[] },
    ): Promise<readonly Invitation[]> {
      const all = await super.invitations(scope, options);
      return [...new Map(all.map((invitation) => [purposeOf(invitation), invitation])).values()];
    }
  };
}

/** A store that brings the messages back that an invitation's end dropped, where they are such. */
function keeping(isKept: (message: OutboxMessage, write: InvitationWrite) => boolean): typeof MemoryStore {
  return class extends MemoryStore {
    readonly #messages = new Map<string, OutboxMessage>();
    readonly #dropped = new Map<string, OutboxMessage>();
    override async saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
      for (const message of options?.messages ?? []) {
        this.#messages.set(report.scope.tenant + message.idempotencyKey, message);
      }
      await super.saveRun(report, options);
    }
    override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
      const isWritten = await super.saveInvitation(scope, write);
      for (const [key, message] of this.#messages) {
        const isThere = (await super.message(scope, message.idempotencyKey)) !== undefined;
        if (isWritten && key.startsWith(scope.tenant) && !isThere && isKept(message, write)) {
          this.#dropped.set(key, message);
        }
      }
      return isWritten;
    }
    override async message(scope: Scope, key: string): Promise<OutboxMessage | undefined> {
      return this.#dropped.get(scope.tenant + key) ?? super.message(scope, key);
    }
  };
}

/** A store that has lost messages after an invitation was written, where they are such. */
function dropping(isDropped: (key: string, write: InvitationWrite) => boolean): typeof MemoryStore {
  return class extends MemoryStore {
    readonly #dropped: InvitationWrite[] = [];
    override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
      const isWritten = await super.saveInvitation(scope, write);
      if (isWritten) this.#dropped.push(write);
      return isWritten;
    }
    override async message(scope: Scope, key: string): Promise<OutboxMessage | undefined> {
      return this.#dropped.some((write) => isDropped(key, write)) ? undefined : super.message(scope, key);
    }
  };
}

const INVITATION = {
  kept: 'answering: one is kept with its message where its purpose has none, and comes back as it was saved',
  exactly: 'answering: one is written in place of exactly what it replaces, or neither it nor its message is',
  family: 'answering: a student has a family code beside an account’s, and several; each is a purpose of its own',
  named: 'answering: those of the named persons come alone',
  code: 'answering: one is found by its code, whatever became of it, and by no earlier one',
  first: 'answering: of many who write the first of a purpose at once, exactly one does, with its message',
  race: 'answering: of many who replace the same at once, exactly one does, with its message',
  earlier: 'answering: messages of an earlier code go where they are not sent, and no others',
  over: 'answering: messages of one that is not pending any more go where they are not sent, and no others',
  reminded: 'answering: messages stay with one that is pending under the same code, as when somebody is reminded',
  revoked: 'answering: a revoked one lives again under a new code',
  key: 'answering: the first message of a key stays, and its invitation is written all the same',
  both: 'answering: one whose message cannot be written is not written either',
} as const;

/** Waits until all who came at the same time have come as far. */
export const aMoment = () => new Promise((resolve) => setImmediate(resolve));

/** Stores that mistake what becomes of invitations: all of it is promised by the journal half. */
export const storesOfInvitations: readonly FaultyStore[] = [
  {
    fault: 'forgets who used a code',
    rule: INVITATION.kept,
    Store: rewriting(async ({ invitation: { usedBy: _usedBy, ...invitation }, ...write }) => ({
      ...write,
      invitation,
    })),
  },
  {
    fault: 'forgets how often a person was reminded',
    rule: INVITATION.kept,
    Store: rewriting(async ({ invitation: { reminders: _reminders, ...invitation }, ...write }) => ({
      ...write,
      invitation,
    })),
  },
  {
    fault: 'writes no message with an invitation',
    rule: INVITATION.kept,
    Store: rewriting(async ({ message: _message, ...write }) => write),
  },
  {
    fault: 'replaces an invitation of another code',
    rule: INVITATION.exactly,
    Store: replacing((known, { replaces }) => known !== undefined && known.state === replaces?.state),
  },
  {
    fault: 'replaces an invitation of which something else has become',
    rule: INVITATION.exactly,
    Store: replacing((known, { replaces }) => known !== undefined && known.codeDigest === replaces?.codeDigest),
  },
  {
    fault: 'replaces an invitation where none is to be replaced',
    rule: INVITATION.exactly,
    Store: replacing((known, { replaces }) => known !== undefined && replaces === undefined),
  },
  {
    fault: 'writes an invitation in place of one that is not there',
    rule: INVITATION.exactly,
    Store: replacing((known) => known === undefined),
  },
  {
    fault: 'writes the message though the invitation is not written',
    rule: INVITATION.exactly,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        const isWritten = await super.saveInvitation(scope, write);
        const { message, invitation, at } = write;
        if (isWritten || message === undefined) return isWritten;
        const elsewhere = { ...invitation, userId: crypto.randomUUID(), codeDigest: 'none' };
        await super.saveInvitation(scope, { invitation: elsewhere, message, at });
        return isWritten;
      }
      override async invitations(scope: Scope): Promise<readonly Invitation[]> {
        return (await super.invitations(scope)).filter(({ codeDigest }) => codeDigest !== 'none');
      }
    },
  },
  {
    fault: 'keeps one invitation of each person and kind',
    rule: INVITATION.family,
    Store: mistaking(({ userId, kind }) => `${userId} ${kind}`),
  },
  {
    fault: 'keeps one invitation of each person and address',
    rule: INVITATION.family,
    Store: mistaking(({ userId, addressDigest }) => `${userId} ${addressDigest}`),
  },
  {
    fault: 'gives everybody’s invitations whoever is named',
    rule: INVITATION.named,
    Store: class extends MemoryStore {
      override async invitations(scope: Scope): Promise<readonly Invitation[]> {
        return super.invitations(scope);
      }
    },
  },
  {
    fault: 'takes nobody for everybody',
    rule: INVITATION.named,
    Store: class extends MemoryStore {
      override async invitations(
        scope: Scope,
        { userIds }: { readonly userIds?: readonly string[] } = {},
      ): Promise<readonly Invitation[]> {
        return super.invitations(scope, userIds === undefined || userIds.length === 0 ? {} : { userIds });
      }
    },
  },
  {
    fault: 'finds pending invitations alone',
    rule: INVITATION.code,
    Store: class extends MemoryStore {
      override async invitationByCode(scope: Scope, codeDigest: string): Promise<Invitation | undefined> {
        const found = await super.invitationByCode(scope, codeDigest);
        return found?.state === 'pending' ? found : undefined;
      }
    },
  },
  {
    fault: 'finds an invitation by a code that it had',
    rule: INVITATION.code,
    Store: class extends MemoryStore {
      readonly #purposes = new Map<string, Invitation>();
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        this.#purposes.set(scope.tenant + write.invitation.codeDigest, write.invitation);
        return super.saveInvitation(scope, write);
      }
      override async invitationByCode(scope: Scope, codeDigest: string): Promise<Invitation | undefined> {
        return this.#purposes.get(scope.tenant + codeDigest);
      }
    },
  },
  {
    fault: 'finds an invitation of any tenant by its code',
    rule: INVITATION.code,
    Store: class extends MemoryStore {
      readonly #scopes = new Map<string, Scope>();
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        this.#scopes.set(scope.tenant, scope);
        return super.saveInvitation(scope, write);
      }
      override async invitationByCode(scope: Scope, codeDigest: string): Promise<Invitation | undefined> {
        for (const each of [scope, ...this.#scopes.values()]) {
          const found = await super.invitationByCode(each, codeDigest);
          if (found !== undefined) return found;
        }
        return undefined;
      }
    },
  },
  {
    fault: 'looks first whether there is an invitation, and writes it then',
    rule: INVITATION.first,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        const known = await this.invitations(scope, { userIds: [write.invitation.userId] });
        await aMoment();
        if (known.length > 0 || write.replaces !== undefined) return super.saveInvitation(scope, write);
        const [now] = await this.invitations(scope, { userIds: [write.invitation.userId] });
        return super.saveInvitation(scope, { ...write, replaces: now });
      }
    },
  },
  {
    fault: 'looks first what is to be replaced, and writes then',
    rule: INVITATION.race,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        const known = await this.invitations(scope, { userIds: [write.invitation.userId] });
        const isMeant = known.some(({ codeDigest }) => codeDigest === write.replaces?.codeDigest);
        await aMoment();
        const [now] = await this.invitations(scope, { userIds: [write.invitation.userId] });
        return super.saveInvitation(scope, isMeant && known.length === 1 ? { ...write, replaces: now } : write);
      }
    },
  },
  {
    fault: 'keeps the messages of an earlier code',
    rule: INVITATION.earlier,
    Store: keeping((_message, { invitation }) => invitation.state === 'pending'),
  },
  {
    fault: 'keeps the messages that wait for a healthy run',
    rule: INVITATION.earlier,
    Store: keeping(({ state }) => state === 'waiting'),
  },
  {
    fault: 'drops the notices to a person whose code is renewed',
    rule: INVITATION.earlier,
    Store: dropping((key, { replaces }) => key === 'notice' && replaces !== undefined),
  },
  ...(['requested', 'accepted', 'revoked'] as const).map((state) => ({
    fault: `keeps the messages of an invitation that is ${state}`,
    rule: INVITATION.over,
    Store: keeping((_message, { invitation }) => invitation.state === state),
  })),
  {
    fault: 'drops what was sent of an invitation that is over',
    rule: INVITATION.over,
    Store: dropping((key, { invitation }) => key === 'sent' && invitation.state !== 'pending'),
  },
  {
    fault: 'drops the messages of other persons with those of one',
    rule: INVITATION.over,
    Store: dropping((key, { invitation }) => key === 'to another' && invitation.state !== 'pending'),
  },
  {
    fault: 'drops the messages to other addresses of the person',
    rule: INVITATION.over,
    Store: dropping((key, { invitation }) => key === 'to another address' && invitation.state !== 'pending'),
  },
  {
    fault: 'drops an invitation’s messages whenever it is written',
    rule: INVITATION.reminded,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        const { invitation, replaces, at } = write;
        const { codeDigest, state } = invitation;
        if (replaces?.codeDigest !== codeDigest || state !== 'pending') return super.saveInvitation(scope, write);
        const over = { ...invitation, state: 'revoked' } as const;
        if (!(await super.saveInvitation(scope, { invitation: over, replaces, at }))) return false;
        return super.saveInvitation(scope, { ...write, replaces: over });
      }
    },
  },
  {
    fault: 'leaves what was revoked as it is',
    rule: INVITATION.revoked,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        return write.replaces?.state === 'revoked' ? false : super.saveInvitation(scope, write);
      }
    },
  },
  {
    fault: 'writes no invitation whose message is known',
    rule: INVITATION.key,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
        const known = await this.message(scope, write.message?.idempotencyKey ?? '');
        return known === undefined ? super.saveInvitation(scope, write) : false;
      }
    },
  },
  {
    fault: 'writes an invitation first, and its message then',
    rule: INVITATION.both,
    Store: class extends MemoryStore {
      override async saveInvitation(scope: Scope, { message, ...write }: InvitationWrite): Promise<boolean> {
        const isWritten = await super.saveInvitation(scope, write);
        if (!isWritten || message === undefined) return isWritten;
        return super.saveInvitation(scope, { ...write, message, replaces: write.invitation });
      }
    },
  },
];
