/** What there is for a language: for the tag itself, else for the language without its region. */
export function byLanguage<T>(all: Readonly<Record<string, T>>, tag: string): T | undefined {
  for (const language of [tag, tag.toLowerCase(), tag.replace(/[-_].*$/u, '').toLowerCase()]) {
    if (Object.hasOwn(all, language)) return all[language];
  }
  return undefined;
}
