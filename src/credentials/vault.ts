import { ConfigurationError, RosterError, StoreError } from '../errors.js';
import { checkMethods, checkOptionNames, checkText } from '../internal/options.js';
import type { Scope } from '../model/index.js';
import type { CredentialStore } from '../ports/index.js';
import type { CredentialSealer, SealedFor } from './sealer.js';

/** What a provider asks for, such as `{ token }` or `{ clientId, secretKey, serverUrl }`: plain data that JSON keeps. */
export type Credentials = Readonly<Record<string, unknown>>;

/** What a {@link CredentialVault} works with. */
export interface CredentialVaultOptions {
  readonly store: CredentialStore;
  readonly scope: Scope;
  readonly sealer: CredentialSealer;
}

/** What became of a tenant's credentials when they were resealed. */
export interface ResealReport {
  /** How many are sealed by the newest key now, and were by another before. */
  readonly resealed: number;
  /** How many were sealed by the newest key already. */
  readonly current: number;
  /** The names of those that no key opens: they stay as they are. Keep the older keys until there are none. */
  readonly unopened: readonly string[];
}

const LONGEST_NAME = 200;

/**
 * The credentials of a tenant, sealed in the store. They are opened for as long as they are used, and in memory alone.
 *
 * Every method throws a StoreError where the store fails.
 *
 * @example
 * ```ts
 * import { CleverClient, type CredentialSealer, CredentialVault, MemoryStore } from 'rosterkit';
 *
 * async function clientOf(tenant: string, sealer: CredentialSealer, token: string): Promise<CleverClient> {
 *   const vault = new CredentialVault({ store: new MemoryStore(), scope: { tenant }, sealer });
 *   await vault.save('clever', { token });
 *   const credentials = await vault.open('clever');
 *   return new CleverClient({ token: String(credentials?.['token']) });
 * }
 * ```
 */
export class CredentialVault {
  readonly #store: CredentialStore;
  readonly #scope: Scope;
  readonly #sealer: CredentialSealer;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: CredentialVaultOptions) {
    checkOptionNames(options, ['store', 'scope', 'sealer']);
    checkMethods('store', options.store, ['credentials', 'credentialNames', 'saveCredentials', 'deleteCredentials']);
    checkMethods('sealer', options.sealer, ['seal', 'open', 'keyIdOf']);
    checkText(
      'scope.tenant',
      (options.scope as Scope | undefined)?.tenant,
      "is your own id of the district, and can't be empty",
    );
    this.#store = options.store;
    this.#scope = options.scope;
    this.#sealer = options.sealer;
  }

  /**
   * Seals the credentials and keeps them under the name, in place of those before.
   *
   * @throws ConfigurationError where the name is none, or the credentials are more than JSON keeps
   */
  async save(name: string, credentials: Credentials): Promise<void> {
    checkName(name);
    const text = textOf(credentials);
    await this.#store.saveCredentials(this.#scope, name, await this.#sealer.seal(text, this.#sealedFor(name)));
  }

  /**
   * The credentials that are kept under the name; undefined where none are.
   *
   * @throws ConfigurationError naming `keys` where the sealer no longer has the key that sealed them
   * @throws StoreError where they were changed, or sealed for another tenant or name: ask for them again
   */
  async open(name: string): Promise<Credentials | undefined> {
    checkName(name);
    const sealed = await this.#store.credentials(this.#scope, name);
    if (sealed === undefined) return undefined;
    return credentialsOf(await this.#sealer.open(sealed, this.#sealedFor(name)));
  }

  /** The names under which credentials are kept. */
  async names(): Promise<readonly string[]> {
    return this.#store.credentialNames(this.#scope);
  }

  /** Forgets the credentials of this name. Whoever issued them should revoke them, too. */
  async forget(name: string): Promise<void> {
    checkName(name);
    await this.#store.deleteCredentials(this.#scope, name);
  }

  /**
   * Seals by the sealer's first key what another one sealed. It may be broken off, made again, and made by several
   * processes at once: each text is replaced by itself, and only where it still is what was read, so that credentials that
   * somebody saves or forgets meanwhile stay saved or forgotten.
   */
  async reseal(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<ResealReport> {
    let resealed = 0;
    let current = 0;
    const unopened: string[] = [];
    for (const name of await this.names()) {
      options.signal?.throwIfAborted();
      const outcome = await this.#resealOne(name);
      if (outcome === 'resealed') resealed += 1;
      if (outcome === 'current') current += 1;
      if (outcome === 'unopened') unopened.push(name);
    }
    return { resealed, current, unopened };
  }

  async #resealOne(name: string): Promise<'resealed' | 'current' | 'unopened' | 'gone'> {
    const to = this.#sealedFor(name);
    for (;;) {
      const sealed = await this.#store.credentials(this.#scope, name);
      if (sealed === undefined) return 'gone';
      const text = await this.#sealer.open(sealed, to).catch((error: unknown) => {
        if (RosterError.isInstance(error)) return undefined;
        throw error;
      });
      if (text === undefined) return 'unopened';
      if (this.#sealer.keyIdOf(sealed) === this.#sealer.keyId) return 'current';
      const fresh = await this.#sealer.seal(text, to);
      if (await this.#store.saveCredentials(this.#scope, name, fresh, { replaces: sealed })) return 'resealed';
    }
  }

  #sealedFor(name: string): SealedFor {
    return { tenant: this.#scope.tenant, purpose: `credentials ${name}` };
  }
}

function checkName(name: unknown): void {
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name);
  if (isName) return;
  throw new ConfigurationError(
    'name',
    `is a text of 1 to ${String(LONGEST_NAME)} characters without control characters`,
  );
}

/** @throws ConfigurationError where JSON would lose something of it */
function textOf(credentials: unknown): string {
  try {
    const text = JSON.stringify(credentials);
    const isRecord = typeof credentials === 'object' && credentials !== null && !Array.isArray(credentials);
    if (isRecord && isPlain(credentials)) return text;
  } catch {
    // Circles and BigInts; what is thrown names fields.
  }
  throw new ConfigurationError('credentials', 'is an object of plain data that JSON keeps as it is');
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object') return ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isRecord = prototype === Object.prototype || prototype === null;
  return isRecord && Object.values(value).every((field) => field === undefined || isPlain(field));
}

/** @throws StoreError where something else was sealed. What JSON.parse throws would quote it. */
function credentialsOf(text: string): Credentials {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Credentials;
  } catch {
    // Told below.
  }
  throw new StoreError('open: what was sealed under this name are no credentials', { operation: 'open' });
}
