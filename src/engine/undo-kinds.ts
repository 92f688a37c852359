/**
 * Which kind of change takes which one back.
 *
 * @module
 */

import type { ChangeKind } from '../model/index.js';

/** What takes a change of fields back. */
export const INVERSE: Readonly<Partial<Record<ChangeKind, ChangeKind>>> = {
  'class-archive': 'class-unarchive',
  'class-unarchive': 'class-archive',
  'enrollment-remove': 'enrollment-restore',
  'enrollment-restore': 'enrollment-remove',
  'enrollment-link': 'enrollment-update',
  'guardian-unlink': 'guardian-restore',
  'guardian-restore': 'guardian-unlink',
  'user-deactivate': 'user-reactivate',
  'user-reactivate': 'user-deactivate',
};

/** What takes a creation back. */
export const DELETION: Readonly<Partial<Record<ChangeKind, ChangeKind>>> = {
  'school-create': 'school-delete',
  'class-create': 'class-delete',
  'user-create': 'user-delete',
  'enrollment-add': 'enrollment-delete',
  'guardian-link': 'guardian-delete',
};

/** What takes a deletion back. */
export const CREATION: Readonly<Partial<Record<ChangeKind, ChangeKind>>> = {
  'school-delete': 'school-create',
  'class-delete': 'class-create',
  'user-delete': 'user-create',
  'enrollment-delete': 'enrollment-add',
  'guardian-delete': 'guardian-link',
};
