/** Text without the characters of one kind at its end; a pattern such as `/+$` takes quadratic time where many stand elsewhere. */
export function withoutTrailing(character: string, text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
