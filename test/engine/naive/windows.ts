/** Z9: which windows of the policy are open: days with the first and the last, or hours of each day without the last. */

import type { PolicyWindow } from '../../../src/model/index.js';
import type { Question } from './words.js';

export function openWindows({ policy, now }: Question): readonly PolicyWindow['kind'][] {
  // Such as 2026-10-01 23:00:00.
  const [day = '', time = ''] = new Date(now).toLocaleString('sv-SE', { timeZone: policy.timeZone }).split(' ');
  const hour = time.slice(0, 5);
  const isOpen = ({ from, to }: PolicyWindow): boolean => {
    if (!from.includes(':')) return day >= from && day <= to;
    return from < to ? hour >= from && hour < to : hour >= from || hour < to;
  };
  return policy.windows.filter(isOpen).map(({ kind }) => kind);
}
