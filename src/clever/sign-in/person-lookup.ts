import { z } from 'zod';
import { ApiError, DecodeError, NotFoundError, PermissionDeniedError, SignInError } from '../../errors.js';
import { optionalSourcedId, optionalText, type Transport } from '../../http/index.js';
import { type Claims, claimsOf } from './claims.js';
import type { CleverClient } from '../api/client.js';
import { type CleverPerson, legacyIdsOf } from './person.js';
import type { CleverUser } from '../api/wire.js';

/** The API, with the token of the person who is looked for. */
export interface PersonApi {
  readonly transport: Transport;
  readonly client: CleverClient;
}

const links = z.array(z.object({ rel: z.string(), uri: z.string() })).catch([]);

const meSchema = z.object({
  data: z.object({
    id: optionalSourcedId,
    district: optionalSourcedId,
    type: optionalText,
    authorized_by: optionalText,
  }),
  links: links.optional(),
});

/** What `/me` says. */
interface Me {
  readonly id: string | undefined;
  /** The id in the link to the record itself. */
  readonly canonicalId: string | undefined;
  readonly district: string | undefined;
  readonly type: string | undefined;
  readonly authorizedBy: string | undefined;
}

/**
 * Who the person is, from all that Clever tells: the id token, `/userinfo`, `/me` and the record in `/users`.
 *
 * Clever has two ids for everybody but students, and has been seen to give either in `/me`: `multi_role_user_id` is
 * believed first, and a record only if it bears the id that it was asked for by, now or formerly.
 *
 * @throws SignInError `person` where nobody is named, or the sources speak of several people or districts
 */
export async function resolvedPerson(api: PersonApi, idToken: Claims | undefined): Promise<CleverPerson> {
  const [me, userInfo] = await Promise.all([readMe(api), readUserInfo(api)]);
  const multiRoleUserId = onlyOne([idToken?.multiRoleUserId, userInfo?.multiRoleUserId], 'people');
  const formerIds = [me.id, userInfo?.userId, idToken?.userId];
  const record = await readRecord(api, unique([multiRoleUserId, me.canonicalId, ...formerIds]));
  const district = onlyOne([idToken?.district, userInfo?.district, me.district, record?.district], 'districts');
  const id = record?.id ?? multiRoleUserId ?? me.canonicalId ?? me.id;
  if (id === undefined || district === undefined) {
    throw unresolved(`does not say ${id === undefined ? 'who' : 'of which district'} the person is`);
  }
  return {
    id,
    legacyIds: unique([...(record === undefined ? [] : legacyIdsOf(record)), ...formerIds]).filter(
      (legacyId) => legacyId !== id,
    ),
    district,
    // Documented as "district admin" in the claims, and as `district_admin` everywhere else.
    type: (me.type ?? userInfo?.type ?? idToken?.type ?? 'unknown').replaceAll(' ', '_'),
    authorizedBy: me.authorizedBy,
    email: record?.email ?? userInfo?.email ?? idToken?.email,
    name: record?.name ?? userInfo?.name ?? idToken?.name,
    roles: record?.roles ?? {},
  };
}

async function readMe({ transport, client }: PersonApi): Promise<Me> {
  const { body, path, requestId } = await transport.getJson(`/v${client.version}/me`);
  const { data } = meSchema.safeParse(body);
  if (data === undefined) {
    throw new DecodeError(`clever answered ${path} in a shape that is not known. Check the version and the base URL.`, {
      source: 'clever',
      path,
      issues: ['data: missing'],
      requestId,
    });
  }
  const canonical = data.links?.find(({ rel }) => rel === 'canonical')?.uri;
  return {
    id: data.data.id,
    canonicalId: /\/v3\.\d+\/users\/([^/?#]+)$/.exec(canonical ?? '')?.[1],
    district: data.data.district,
    type: data.data.type,
    authorizedBy: data.data.authorized_by,
  };
}

/** `/userinfo` is not there for every application: then the other sources have to do. */
async function readUserInfo({ transport }: PersonApi): Promise<Claims | undefined> {
  try {
    return claimsOf((await transport.getJson('/userinfo')).body);
  } catch (error) {
    if (error instanceof ApiError && !error.isRetryable) return undefined;
    throw error;
  }
}

/** The record in `/users`, where the application may see it. A former id finds nothing there, or somebody else. */
async function readRecord({ client }: PersonApi, ids: readonly string[]): Promise<CleverUser | undefined> {
  for (const id of ids) {
    try {
      const user = await client.users.get(id);
      if (user.id === id || legacyIdsOf(user).includes(id)) return user;
    } catch (error) {
      if (!(error instanceof NotFoundError) && !(error instanceof PermissionDeniedError)) throw error;
    }
  }
  return undefined;
}

function onlyOne(values: readonly (string | undefined)[], what: string): string | undefined {
  const [first, second] = unique(values);
  if (second !== undefined) throw unresolved(`speaks of two different ${what}`);
  return first;
}

function unique(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function unresolved(why: string): SignInError {
  return new SignInError(
    `clever ${why}, so that the sign-in cannot be accepted. Let the person sign in again; if it stays so, tell Clever's support.`,
    { source: 'clever', problem: 'person' },
  );
}
