/** A name as it is compared: NFC, one space for any white space, trimmed, in lower case. */
export function normalName(name: string): string {
  return name.normalize('NFC').replace(/\s+/gu, ' ').trim().toLowerCase().normalize('NFC');
}
