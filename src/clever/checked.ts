import type { z } from 'zod';
import { ConfigurationError } from '../errors.js';

/** What `options` are, checked against a strict schema. @throws ConfigurationError naming the option at fault */
export function checked<T>(schema: z.ZodType<T>, options: T, what: { readonly of: string; readonly like: string }): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new ConfigurationError(issue.keys[0] ?? 'options', `is not an option of ${what.of}.`);
  }
  const parameter = String(issue?.path[0] ?? 'options');
  throw new ConfigurationError(
    parameter,
    parameter === 'options' ? `is an object such as ${what.like}.` : `${issue?.message ?? 'is not valid'}.`,
  );
}
