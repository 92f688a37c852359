import { z } from 'zod';
import { optionalSourcedId, optionalText } from '../../http/index.js';
import type { CleverName } from '../api/wire.js';

/** What an id token or `/userinfo` says of a person. */
export interface Claims {
  /** The id of version 3, that of `/users`; absent where the application is not told. */
  readonly multiRoleUserId: string | undefined;
  /** The id from before version 3: the same for students, another one for everybody else. */
  readonly userId: string | undefined;
  readonly district: string | undefined;
  readonly type: string | undefined;
  readonly email: string | undefined;
  readonly name: CleverName | undefined;
}

/** A name comes as an object (`/userinfo`), or in claims of OpenID Connect beside a `name` that is one text. */
const nameParts = z
  .object({ first: optionalText, middle: optionalText, last: optionalText })
  .or(z.unknown().transform(() => undefined));

const schema = z.object({
  // Clever's documentation: `sub` is the id of version 3 too.
  sub: optionalSourcedId,
  multi_role_user_id: optionalSourcedId,
  user_id: optionalSourcedId,
  district: optionalSourcedId,
  district_id: optionalSourcedId,
  user_type: optionalText,
  email: optionalText,
  name: nameParts.optional(),
  given_name: optionalText,
  family_name: optionalText,
});

/** The claims that are known, leniently; undefined where the value is no object. */
export function claimsOf(value: unknown): Claims | undefined {
  const { data } = schema.safeParse(value);
  if (data === undefined) return undefined;
  const isNamed = data.given_name !== undefined || data.family_name !== undefined;
  return {
    multiRoleUserId: data.multi_role_user_id ?? data.sub,
    userId: data.user_id,
    district: data.district ?? data.district_id,
    type: data.user_type,
    email: data.email,
    name: data.name ?? (isNamed ? { first: data.given_name, last: data.family_name } : undefined),
  };
}
