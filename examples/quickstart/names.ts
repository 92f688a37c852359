/** Readable names for the subjects of changes and notes. People are shown by initial and family name. */

import type { LocalState, Roster } from 'rosterkit';

/** Names from the roster and the host's data, by subject. */
export function namesFrom(
  roster: Partial<Pick<Roster, 'classes' | 'users' | 'schools'>>,
  local?: LocalState,
): (subject: string) => string {
  const names = new Map<string, string>();
  const people = [...(local?.users ?? []), ...(roster.users ?? [])];
  for (const { sourcedId, givenName, familyName } of people) {
    if (sourcedId !== undefined) names.set(`user:${sourcedId}`, `${givenName.slice(0, 1)}. ${familyName}`.trim());
  }
  for (const { sourcedId, name } of [...(local?.classes ?? []), ...(roster.classes ?? [])]) {
    if (sourcedId !== undefined) names.set(`class:${sourcedId}`, `“${name}”`);
  }
  for (const { sourcedId, name } of [...(local?.schools ?? []), ...(roster.schools ?? [])]) {
    if (sourcedId !== undefined) names.set(`school:${sourcedId}`, name);
  }
  const name = (noun: string, id: string): string => names.get(`${noun}:${id}`) ?? id;
  return (subject) => {
    const pair = /^(enrollment|guardian):(\d+):(.*)$/su.exec(subject);
    if (pair === null) return names.get(subject) ?? subject;
    const [, noun = '', length = '0', ids = ''] = pair;
    const first = ids.slice(0, Number(length));
    const second = ids.slice(Number(length) + 1);
    return noun === 'enrollment'
      ? `${name('user', second)} in ${name('class', first)}`
      : `${name('user', first)} for ${name('user', second)}`;
  };
}
