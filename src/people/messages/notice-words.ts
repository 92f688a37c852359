import type { NoticeStatus } from './notice.js';

/** What a notice says in one language. */
export interface NoticeWords {
  readonly urgent: string;
  readonly subjects: Readonly<Record<NoticeStatus | 'approval' | 'undo', string>>;
  readonly leads: Readonly<Record<NoticeStatus | 'approval' | 'undo', string>>;
  readonly nouns: Readonly<Record<'school' | 'class' | 'user' | 'enrollment' | 'guardian', string>>;
  readonly added: string;
  readonly changed: string;
  readonly removed: string;
  readonly waits: string;
  readonly failures: string;
  readonly link: string;
  readonly when: string;
  readonly changes: (count: number) => string;
  /** What stands in place of a hold's, a note's or a failure's own sentence, by its code. */
  readonly sentences: Readonly<Record<string, string>>;
}

export const ENGLISH: NoticeWords = {
  urgent: 'Please act: ',
  subjects: {
    applied: 'Roster sync: done',
    held: 'Roster sync: something waits for you',
    partial: 'Roster sync: not everything could be done',
    failed: 'Roster sync: failed',
    disconnected: 'Roster sync: the district’s data cannot be reached',
    approval: 'Roster sync: what you had waiting is done',
    undo: 'Roster sync: a run was taken back',
  },
  leads: {
    applied: 'The sync with the district’s roster is done.',
    held: 'The sync with the district’s roster is done, but for what waits for a decision.',
    partial: 'The sync with the district’s roster could not do everything. The next one tries again.',
    failed: 'The sync with the district’s roster failed. Nothing was changed.',
    disconnected:
      'The provider does not let the sync in any more. Nothing was changed. Ask the district’s administrator whether the application is still shared.',
    approval: 'What waited for a decision was approved and is done.',
    undo: 'What an earlier run had changed was taken back.',
  },
  nouns: {
    school: 'Schools',
    class: 'Classes',
    user: 'People',
    enrollment: 'Members of classes',
    guardian: 'Guardians of students',
  },
  added: 'added',
  changed: 'changed',
  removed: 'archived or removed',
  waits: 'This waits for a decision:',
  failures: 'This could not be done:',
  link: 'Everything in detail:',
  when: 'Run of',
  changes: (count) => (count === 1 ? '1 change' : `${String(count)} changes`),
  sentences: {},
};

export const SPANISH: NoticeWords = {
  urgent: 'Acción necesaria: ',
  subjects: {
    applied: 'Sincronización: terminada',
    held: 'Sincronización: algo espera su decisión',
    partial: 'Sincronización: no se pudo hacer todo',
    failed: 'Sincronización: fallida',
    disconnected: 'Sincronización: no se puede acceder a los datos del distrito',
    approval: 'Sincronización: se hizo lo que esperaba',
    undo: 'Sincronización: se deshizo una ejecución',
  },
  leads: {
    applied: 'La sincronización con los datos del distrito ha terminado.',
    held: 'La sincronización con los datos del distrito ha terminado, salvo lo que espera una decisión.',
    partial: 'La sincronización con los datos del distrito no pudo hacer todo. La próxima lo intentará de nuevo.',
    failed: 'La sincronización con los datos del distrito falló. No se cambió nada.',
    disconnected:
      'El proveedor ya no permite el acceso. No se cambió nada. Pregunte al administrador del distrito si la aplicación sigue compartida.',
    approval: 'Lo que esperaba una decisión fue aprobado y está hecho.',
    undo: 'Se deshizo lo que había cambiado una ejecución anterior.',
  },
  nouns: {
    school: 'Escuelas',
    class: 'Clases',
    user: 'Personas',
    enrollment: 'Miembros de clases',
    guardian: 'Tutores de estudiantes',
  },
  added: 'añadidos',
  changed: 'cambiados',
  removed: 'archivados o quitados',
  waits: 'Esto espera una decisión:',
  failures: 'Esto no se pudo hacer:',
  link: 'Todos los detalles:',
  when: 'Ejecución del',
  changes: (count) => (count === 1 ? '1 cambio' : `${String(count)} cambios`),
  sentences: {
    INCOMPLETE_READ: 'Los datos no se leyeron por completo: no se crea, archiva ni quita nada.',
    EMPTY_FEED: 'Los datos no contienen nada de algo que aquí se usa: lo que eso quitaría espera.',
    STILL_EMPTY:
      'Desde hace días los datos no contienen nada de algo que aquí se usa: lo que eso quitaría sigue esperando.',
    LIMIT_EXCEEDED: 'Se quitaría más de lo que permite el límite de una ejecución.',
    ROLLING_LIMIT: 'Se quitaría más de lo que permite el límite de siete días.',
    POLICY_CHANGED: 'La configuración cambió, así que una persona debe ver lo que quitaría.',
    NOTICES_HELD: 'Los mensajes de esta ejecución esperan, porque son muchos.',
    QUIET_HOURS: 'Los mensajes esperan hasta que terminen las horas de silencio.',
    ID_SPACE_RESET: 'El distrito parece haber dado identificadores nuevos a todo.',
    SHAPE_HOLD: 'Los datos son muy distintos de los últimos correctos: lo que quitarían espera.',
    FIELD_UNSHARED: 'Falta un campo que casi todos los registros tenían: no se borra ningún valor.',
    SCHOOL_GONE: 'Falta una escuela entera o está vacía: ¿cerró, o ya no se comparte?',
    COHORT_GONE: 'Desapareció un grupo entero a la vez: parece una regla de uso compartido.',
    CLASS_EMPTIED: 'Una clase perdió de golpe a casi todos sus miembros.',
    CLASSES_EMPTIED: 'Muchas clases perdieron de golpe a sus miembros: quizá no se leyeron las inscripciones.',
    RECYCLED_ID: 'El identificador de una clase parece pertenecer ahora a otra.',
    RECYCLED_PERSON_ID: 'El identificador de una persona parece pertenecer ahora a otra.',
    authentication: 'El proveedor rechaza las credenciales.',
    permission_denied: 'El proveedor no permite leer los datos.',
    disconnected: 'El distrito retiró la aplicación o nunca la añadió.',
    connection: 'No se pudo conectar con el proveedor.',
    connection_timeout: 'El proveedor no respondió a tiempo.',
    server: 'El servidor del proveedor falló.',
    store: 'La base de datos falló.',
    stale: 'Los registros cambiaron mientras tanto. La próxima ejecución los verá de nuevo.',
    NO_CHANNEL: 'A algunas personas no se las pudo invitar, porque ningún mensaje les llega.',
    mail: 'Algunos mensajes no se pudieron entregar.',
  },
};
