/** The name of a process as a mail server takes it. */
export function hostName(process: string): string {
  return process.replaceAll('_', '-');
}
