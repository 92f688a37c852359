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
 * Who the person is, from all that Clever tells: the id token, `/userinfo`, `/me` and the record in `/users`. All of
 * them must name the same person.
 *
 * Everybody but students had another id before version 3, and Clever has been seen to give that one in `/me`. So
 * `multi_role_user_id` is the present id, and what `/me` says must be that one, or one that the person is known to have
 * had: by the record, or by the `user_id` beside a `multi_role_user_id`.
 *
 * @throws SignInError `person` where nobody is named, or the sources speak of several people or districts
 */
export async function resolvedPerson(api: PersonApi, idToken: Claims | undefined): Promise<CleverPerson> {
  const [me, userInfo] = await Promise.all([readMe(api), readUserInfo(api)]);
  const claims = [userInfo, idToken].filter((source) => source !== undefined);
  const presentId = onlyOne([userInfo?.multiRoleUserId, idToken?.multiRoleUserId], 'people');
  const named = unique([me.canonicalId, me.id, ...userIdsOf(claims, { areVouchedFor: false })]);
  const record = await readRecord(api, presentId, named);
  const district = onlyOne([userInfo?.district, idToken?.district, me.district, record?.district], 'districts');
  const id = presentId ?? record?.id ?? me.canonicalId ?? me.id;
  if (id === undefined || district === undefined) {
    throw unresolved(`does not say ${id === undefined ? 'who' : 'of which district'} the person is`);
  }
  const recorded = record === undefined ? [] : legacyIdsOf(record);
  const formerIds = unique([...recorded, ...userIdsOf(claims, { areVouchedFor: true })]);
  const legacyIds = formerIds.filter((formerId) => formerId !== id);
  if (named.some((other) => other !== id && !legacyIds.includes(other))) throw severalPeople();
  return {
    id,
    legacyIds,
    district,
    // Documented as "district admin" in the claims, and as `district_admin` everywhere else.
    type: (me.type ?? userInfo?.type ?? idToken?.type ?? 'unknown').replaceAll(' ', '_'),
    authorizedBy: me.authorizedBy,
    email: record?.email ?? userInfo?.email ?? idToken?.email,
    name: record?.name ?? userInfo?.name ?? idToken?.name,
    roles: record?.roles ?? {},
  };
}

/** The ids from before version 3. What comes beside a present id is vouched for: the two are the same person's. */
function userIdsOf(
  claims: readonly Claims[],
  { areVouchedFor }: { readonly areVouchedFor: boolean },
): readonly (string | undefined)[] {
  const sources = claims.filter(({ multiRoleUserId }) => (multiRoleUserId !== undefined) === areVouchedFor);
  return sources.map(({ userId }) => userId);
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

/** `/userinfo` is not there for every application: then the other sources have to do, and also where it names nobody. */
async function readUserInfo({ transport }: PersonApi): Promise<Claims | undefined> {
  try {
    const claims = claimsOf((await transport.getJson('/userinfo')).body);
    return claims?.multiRoleUserId === undefined && claims?.userId === undefined ? undefined : claims;
  } catch (error) {
    if (error instanceof ApiError && !error.isRetryable) return undefined;
    throw error;
  }
}

/**
 * The record in `/users`, where the application may see it: that of the present id, else the first one that is found by
 * an id of the person, present or former.
 */
async function readRecord(
  { client }: PersonApi,
  presentId: string | undefined,
  ids: readonly string[],
): Promise<CleverUser | undefined> {
  for (const id of presentId === undefined ? ids : [presentId]) {
    const user = await visibleUser(client, id);
    if (user === undefined) continue;
    if (user.id !== id && (presentId !== undefined || !legacyIdsOf(user).includes(id))) throw severalPeople();
    return user;
  }
  return undefined;
}

async function visibleUser(client: CleverClient, id: string): Promise<CleverUser | undefined> {
  try {
    return await client.users.get(id);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof PermissionDeniedError) return undefined;
    throw error;
  }
}

function onlyOne(values: readonly (string | undefined)[], what: string): string | undefined {
  const [first, second] = unique(values);
  if (second !== undefined) throw unresolved(`speaks of different ${what}`);
  return first;
}

function unique(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function severalPeople(): SignInError {
  return unresolved('speaks of different people');
}

function unresolved(why: string): SignInError {
  return new SignInError(
    `clever ${why}, so that the sign-in cannot be accepted. Let the person sign in again; if it stays so, tell Clever's support.`,
    { source: 'clever', problem: 'person' },
  );
}
