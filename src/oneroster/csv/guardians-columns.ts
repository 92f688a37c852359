import { ConfigurationError } from '../../errors.js';
import type { Column } from './columns.js';
import type { ColumnFinder } from './table.js';

/** The columns of a `guardians.csv`. */
export type GuardiansCsvColumn =
  | 'studentSourcedId'
  | 'sourcedId'
  | 'givenName'
  | 'familyName'
  | 'email'
  | 'sms'
  | 'phone'
  | 'relationship'
  | 'contactType'
  | 'blocked'
  | 'status';

/** What the columns are called elsewhere, without case, spaces and signs. */
const SYNONYMS: Readonly<Record<GuardiansCsvColumn, readonly string[]>> = {
  studentSourcedId: ['studentid', 'student', 'studentsisid', 'childsourcedid'],
  sourcedId: ['guardiansourcedid', 'guardianid', 'contactsourcedid', 'contactid', 'parentsourcedid', 'parentid'],
  givenName: ['firstname', 'guardiangivenname', 'guardianfirstname', 'contactfirstname', 'parentfirstname'],
  familyName: ['lastname', 'surname', 'guardianfamilyname', 'guardianlastname', 'contactlastname', 'parentlastname'],
  email: ['emailaddress', 'mail', 'guardianemail', 'contactemail', 'parentemail'],
  sms: ['smsnumber', 'mobile', 'mobilephone', 'mobilenumber', 'cell', 'cellphone', 'cellnumber', 'textnumber'],
  phone: ['phonenumber', 'home', 'homephone', 'homenumber', 'homephonenumber', 'landline'],
  relationship: ['relation', 'relationshiptype', 'relationshiptostudent'],
  contactType: ['type', 'guardiantype'],
  blocked: ['nocontact', 'nocontactorder', 'restrainingorder'],
  status: [],
};

const COLUMNS = Object.keys(SYNONYMS) as readonly GuardiansCsvColumn[];

/** Without one of these columns it is no file of guardians. */
export const REQUIRED_GUARDIAN_COLUMNS: readonly GuardiansCsvColumn[] = ['studentSourcedId', 'givenName', 'familyName'];

/**
 * Finds the columns by their names or, where `mapping` names the header of one, by that alone.
 *
 * @throws ConfigurationError naming `columns` where it names no column, or no header
 */
export function guardianColumns(mapping: Readonly<Partial<Record<GuardiansCsvColumn, string>>>): ColumnFinder {
  const byHeader = new Map<string, Column>();
  for (const name of COLUMNS) {
    for (const header of [name, ...SYNONYMS[name]]) byHeader.set(plain(header), { name, field: name });
  }
  const given = Object.entries(mapping as Readonly<Record<string, unknown>>).filter(
    ([, header]) => header !== undefined,
  );
  for (const [name, header] of given) {
    if (!COLUMNS.includes(name as GuardiansCsvColumn)) {
      throw new ConfigurationError(`columns.${name}`, `is none of ${COLUMNS.join(', ')}`);
    }
    if (typeof header !== 'string' || plain(header) === '') {
      throw new ConfigurationError(
        `columns.${name}`,
        'is the name of a column, as it stands in the header of the file',
      );
    }
    for (const [known, column] of byHeader) if (column.name === name) byHeader.delete(known);
  }
  for (const [name, header] of given) byHeader.set(plain(String(header)), { name, field: name });
  return (headerCell) => byHeader.get(plain(headerCell));
}

function plain(header: string): string {
  return header.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
