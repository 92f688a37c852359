/** The address if it can be one (F10), else undefined. */
export function usableEmail(email: string | undefined): string | undefined {
  const trimmed = email?.trim();
  return trimmed !== undefined && /^[^\s@]+@[^\s@]+$/u.test(trimmed) ? trimmed : undefined;
}

/** The number if it can be one (F10: at least 7 digits, not all zero), else undefined. Kept as it was received. */
export function usablePhone(phone: string | undefined): string | undefined {
  const trimmed = phone?.trim();
  if (trimmed === undefined) return undefined;
  const digits = trimmed.replace(/\D/gu, '');
  return digits.length >= 7 && /[1-9]/u.test(digits) ? trimmed : undefined;
}

/** An address as it is compared. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** A number as it is compared: digits with a country code; ten digits are taken for a North American number. */
export function normalPhone(phone: string): string {
  const digits = phone.replace(/\D/gu, '');
  return digits.length === 10 ? `1${digits}` : digits;
}
