/** Every setting of a sync: its default and its validation. */

export { definePolicy, type PolicyInput } from './define-policy.js';
