/** What is about the mailbox, and yet passes, or is about the message: it is full, or the message too long for it. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set(['5.2.2', '5.2.3']);
/** There is no way to the address's domain. */
const NO_SUCH_DOMAIN = '5.4.4';
/** Replies of RFC 5321 and RFC 7504 about an address. A mailbox that is full (552) may be emptied. */
const OF_THE_ADDRESS: ReadonlySet<string> = new Set(['521', '550', '551', '553', '556']);

/**
 * Whether a status of RFC 3463, such as `5.1.1`, or a reply code, such as `550`, says that nothing will ever arrive at the
 * address; undefined where it is neither. Statuses of 5.0, 5.1 and 5.2 are about the address or its mailbox. The rest is
 * about networks, the message or somebody's rules, and another message may well arrive.
 */
export function isAddressToBlame(status: string): boolean | undefined {
  if (/^[2-5]\d\d$/.test(status)) return OF_THE_ADDRESS.has(status);
  const parts = /^([245])\.(\d{1,3})\.\d{1,3}$/.exec(status);
  if (parts === null) return undefined;
  const [, outcome = '', subject = ''] = parts;
  if (outcome !== '5' || OF_THE_MESSAGE.has(status)) return false;
  return ['0', '1', '2'].includes(subject) || status === NO_SUCH_DOMAIN;
}
