import { type Field, isObject, Problem, sourcedId, text } from '../../http/index.js';
import type { CleverEvent, CleverEventAction, CleverEventCollection, CleverEventRecords } from './event-types.js';
import { readCourse, readDistrict, readResource, readSchool, readSection, readTerm, readUser } from '../api/schemas.js';

const readers: { readonly [Of in CleverEventCollection]: Field<CleverEventRecords[Of]> } = {
  users: readUser,
  sections: readSection,
  schools: readSchool,
  courses: readCourse,
  terms: readTerm,
  districts: readDistrict,
  resources: readResource,
};

const actions: readonly string[] = ['created', 'updated', 'deleted'] satisfies readonly CleverEventAction[];

/**
 * Reads an event. One of a type that is not known cannot be used: it may have changed anything. Of a deletion Clever sends
 * the last that it knew, which may be next to nothing: the id is enough.
 */
export const readEvent: Field<CleverEvent> = (value) => {
  if (!isObject(value)) return new Problem('invalid_type');
  const id = sourcedId(value['id']);
  if (id === undefined) return new Problem('missing-id', 'id');
  const type = text(value['type']) ?? '';
  const [collection = '', action = '', ...rest] = type.split('.');
  if (!isCollection(collection) || !actions.includes(action) || rest.length > 0) return new Problem('unknown', 'type');
  const { data } = value;
  if (!isObject(data)) return new Problem('invalid_type', 'data');
  const previous = isObject(data['previous_attributes']) ? data['previous_attributes'] : undefined;
  const withdrawn = action === 'updated' && previous !== undefined ? missingPaths(previous, data['object'], '') : [];
  const object = readObject(readers[collection], data['object'], action === 'deleted');
  if (object instanceof Problem) return object.within('object').within('data');
  value['id'] = id;
  value['type'] = type;
  value['created'] = text(value['created']);
  value['data'] = { ...data, object, previous_attributes: previous };
  if (withdrawn.length > 0) value['withdrawn'] = withdrawn;
  // Every part has just been read by what its type asks for; that type and record go together is what `readers` says.
  return value as unknown as CleverEvent;
};

function readObject(
  read: Field<CleverEventRecords[CleverEventCollection]>,
  object: unknown,
  isDeleted: boolean,
): { readonly id: string } | Problem {
  const id = isDeleted && isObject(object) ? sourcedId(object['id']) : undefined;
  const result = read(object);
  return result instanceof Problem && id !== undefined ? { id } : result;
}

function isCollection(word: string): word is CleverEventCollection {
  return Object.hasOwn(readers, word);
}

/**
 * The paths that had a value before and are not there now. A role that is not there is one that the person no longer has,
 * and was not withdrawn.
 */
function missingPaths(previous: Readonly<Record<string, unknown>>, object: unknown, path: string): readonly string[] {
  if (!isObject(object)) return [];
  return Object.entries(previous).flatMap(([name, former]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (Object.hasOwn(object, name)) return isObject(former) ? missingPaths(former, object[name], here) : [];
    return path === 'roles' || isNothing(former) ? [] : [here];
  });
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
