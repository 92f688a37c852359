import { countUp, Tally } from '../../internal/tally.js';
import { type GuardianLink, type PreflightCount, preflightCountsOf } from '../../model/index.js';
import type { OneRosterUser } from '../records/wire.js';
import { type GuardianSearch, hiddenGuardians } from '../roster/guardians/in-metadata.js';
import { wireRoles } from '../roster/roles.js';
import type { Findings } from './findings.js';

/** From so many guardians of one student on, some receivers of rosters put the whole sync on hold. */
const MANY_GUARDIANS = 6;

/** The closest relation first: whoever has several roles is counted by that one. */
const GUARDIAN_WORDS = ['parent', 'guardian', 'relative'];

/**
 * Counts the links between guardians and students, from whichever side they are told. Who an agent is can only be said
 * when everybody was seen, so links wait until then, as ids.
 */
export class GuardiansCheck {
  /** Once for each pair of a guardian and a student. */
  links = 0;
  /** Guardians who are no users of their own. */
  found = 0;
  private readonly types = new Map<string, number>();
  private readonly students = new Set<string>();
  private readonly guardians = new Map<string, string>();
  private readonly agents = new Map<string, readonly string[]>();
  private readonly hidden: GuardianLink[] = [];
  private readonly unknown = new Tally();
  private readonly many = new Tally();
  private readonly unlinked = new Tally();

  /** @param search for guardians who are no users of their own */
  constructor(private readonly search: GuardianSearch | undefined) {}

  add(user: OneRosterUser): void {
    const { sourcedId } = user;
    if (this.search !== undefined) this.hidden.push(...hiddenGuardians([user], this.search).links);
    const roles = wireRoles(user);
    const relation = GUARDIAN_WORDS.find((word) => roles.includes(word));
    if (relation !== undefined) this.guardians.set(sourcedId, relation);
    if (roles.includes('student')) this.students.add(sourcedId);
    const others = user.agents.map((agent) => agent.sourcedId).filter((id) => id !== sourcedId);
    if (others.length > 0) this.agents.set(sourcedId, others);
  }

  /** @param people everybody there is; undefined where their list could not be read to its end */
  settle(people: ReadonlyMap<string, unknown> | undefined): void {
    const guardiansOf = new Map<string, Set<string>>();
    const link = (guardian: string, student: string): void => {
      const found = guardiansOf.get(student);
      if (found === undefined) guardiansOf.set(student, new Set([guardian]));
      else found.add(guardian);
    };
    const missing = new Set<string>();
    for (const [id, agents] of this.agents) {
      for (const agent of agents) {
        if (this.guardians.has(id) && this.students.has(agent)) link(id, agent);
        if (!this.students.has(id)) continue;
        const isMissing = people?.has(agent) === false;
        if (isMissing) missing.add(agent);
        if (isMissing || this.guardians.has(agent)) link(agent, id);
      }
    }
    for (const { guardianSourcedId: id, studentSourcedId: student, relationship } of this.hidden) {
      if (!this.guardians.has(id)) this.found += 1;
      this.guardians.set(id, this.guardians.get(id) ?? relationship ?? '');
      link(id, student);
    }
    for (const id of missing) this.unknown.add(id);
    const linked = new Set([...guardiansOf.values()].flatMap((guardians) => [...guardians]));
    // The student may be one of those who were not read.
    if (people !== undefined) for (const id of this.guardians.keys()) if (!linked.has(id)) this.unlinked.add(id);
    for (const [student, guardians] of guardiansOf) {
      this.links += guardians.size;
      if (guardians.size >= MANY_GUARDIANS) this.many.add(student);
      for (const guardian of guardians) countUp(this.types, this.guardians.get(guardian) ?? '');
    }
  }

  report(findings: Findings): void {
    findings.addTally('AGENTS_NOT_SHARED', this.unknown);
    findings.addTally('GUARDIANS_WITHOUT_STUDENT', this.unlinked);
    findings.addTally('MANY_GUARDIANS', this.many);
  }

  countsOfTypes(): readonly PreflightCount[] {
    return preflightCountsOf(this.types);
  }
}
