/** The date of an instant in a time zone, `YYYY-MM-DD`, moved by whole days. */
export function dateIn(timeZone: string, instant: Date, days = 0): string {
  const moved = new Date(instant.getTime() + days * 86_400_000);
  // The usual zone: a formatter takes longer to make than many a plan.
  if (timeZone === 'UTC') return moved.toISOString().slice(0, 10);
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(moved);
}
