import type { OneRosterRecord, OneRosterReference } from './common.js';

/** What an org is; 1.2 lets servers add words that begin with `ext:`. */
export type OneRosterOrgType = 'department' | 'district' | 'local' | 'national' | 'school' | 'state' | (string & {});

/** An org: a school, a district, a department and so on. */
export interface OneRosterOrg extends OneRosterRecord {
  readonly name: string;
  readonly type: OneRosterOrgType;
  readonly identifier?: string | undefined;
  readonly parent?: OneRosterReference | undefined;
  readonly children: readonly OneRosterReference[];
}
