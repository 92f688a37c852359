/**
 * Clever's words for the subject of a section, for the choice of sections to import.
 *
 * @module
 */

/**
 * The subjects of homeroom and advisory sections, as Clever words them.
 *
 * @example
 * ```ts
 * import { definePolicy } from 'rosterkit';
 * import { CLEVER_HOMEROOM_SUBJECTS } from 'rosterkit/clever';
 *
 * const onlyHomerooms = definePolicy({ classes: { include: { subjects: CLEVER_HOMEROOM_SUBJECTS } } });
 * ```
 */
export const CLEVER_HOMEROOM_SUBJECTS = ['homeroom/advisory'] as const;

/**
 * The subjects that a specialist teaches to many groups for a few hours each, as Clever words them. Interventions and
 * online learning are not among them: the word says how a class is taught, not what.
 *
 * @example
 * ```ts
 * import { definePolicy } from 'rosterkit';
 * import { CLEVER_SPECIALIST_SUBJECTS } from 'rosterkit/clever';
 *
 * const withoutSpecialists = definePolicy({ classes: { include: { notSubjects: CLEVER_SPECIALIST_SUBJECTS } } });
 * ```
 */
export const CLEVER_SPECIALIST_SUBJECTS = [
  'PE and health',
  'arts and music',
  'language',
  'technology and engineering',
] as const;
