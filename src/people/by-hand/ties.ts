import { StoreError } from '../../errors.js';
import type { LocalClass, LocalUser } from '../../model/index.js';
import { withHostFields, withoutHostField } from '../acts.js';

/** The fields of a record that people tie to the roster. */
export function linked(
  record: LocalClass | LocalUser,
  sourcedId: string,
): { readonly sourcedId: string; readonly origin?: 'linked'; readonly hostFields?: readonly string[] | undefined } {
  if (record.origin === 'roster') return { sourcedId };
  const isUntied = record.hostFields?.includes('sourcedId') === true;
  return {
    sourcedId,
    origin: 'linked',
    ...(isUntied ? { hostFields: withoutHostField(record, 'sourcedId') } : {}),
  };
}

/** @throws StoreError where a sync made the record: only what people linked is theirs to untie */
export function unlinked(
  record: LocalClass | LocalUser,
  operation: string,
): Pick<Partial<LocalUser>, 'hostFields'> & {
  readonly sourcedId?: undefined;
  readonly origin?: 'local';
  readonly synced?: undefined;
} {
  if (record.origin === 'local') return {};
  if (record.origin === 'linked') {
    // Their word that it is none of the roster's: it is not proposed again (`linkExisting`).
    const hostFields = withHostFields(record, ['sourcedId']);
    return { sourcedId: undefined, origin: 'local', synced: undefined, hostFields };
  }
  const message = `${operation}: record ${record.id} was made by a sync. Only what people linked can be unlinked.`;
  throw new StoreError(message, { operation });
}
