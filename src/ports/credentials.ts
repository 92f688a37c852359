import type { Scope } from '../model/index.js';

/**
 * Keeps sealed credentials: texts that the host's key alone opens. Each is known by the scope's tenant and its name, and
 * stays exactly as it was written.
 */
export interface CredentialStore {
  /** The sealed text of this name; undefined where none is kept. */
  credentials(scope: Scope, name: string): Promise<string | undefined>;
  /** The names of which one is kept, in ascending order by UTF-16 code unit. */
  credentialNames(scope: Scope): Promise<readonly string[]>;
  /**
   * Keeps a sealed text in place of what is kept under the name. With `replaces` only where exactly that is kept now, in
   * one step. Tells whether it was written.
   */
  saveCredentials(
    scope: Scope,
    name: string,
    sealed: string,
    options?: { readonly replaces?: string | undefined },
  ): Promise<boolean>;
  /** Forgets what is kept under the name, where something is. */
  deleteCredentials(scope: Scope, name: string): Promise<void>;
}
