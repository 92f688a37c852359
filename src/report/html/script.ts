/**
 * Search and filters. The page is whole without them: the form is shown by this script, and what it hides comes back when the
 * form is empty. Holds nothing of the report, so that its hash is the same for each.
 *
 * @module
 */

export const SCRIPT = `
(() => {
  const form = document.getElementById('filter');
  if (!form) return;
  const status = document.getElementById('found');
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const schools = all('details.school').map((element) => ({
    element,
    open: element.open,
    parts: all('details.part', element).map((part) => ({ element: part, open: part.open })),
  }));
  const textOf = (element) => (element.textContent + ' ' + (element.title || '')).toLowerCase();
  // Texts are read when they are first asked for: most readers never search.
  let rows;
  const read = () => {
    rows = schools.map((school) => ({
      school,
      name: textOf(school.element.querySelector('summary')),
      parts: school.parts.map((part) => ({
        part,
        name: textOf(part.element.querySelector('summary')),
        groups: all('.group', part.element).map((element) => ({
          element,
          effect: element.dataset.effect,
          held: element.dataset.held === 'yes',
          items: all('li', element).map((item) => ({ item, text: textOf(item) })),
        })),
      })),
    }));
  };
  const apply = () => {
    const words = form.elements.search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const effect = form.elements.effect.value;
    const state = form.elements.state.value;
    const isFiltered = words.length > 0 || effect !== '' || state !== '';
    if (!rows) { if (!isFiltered) return; read(); }
    let found = 0;
    for (const { school, name, parts } of rows) {
      let inSchool = 0;
      for (const { part, name: partName, groups } of parts) {
        let inPart = 0;
        for (const { element, effect: own, held, items } of groups) {
          const isWanted = (effect === '' || own === effect) && (state === '' || held === (state === 'held'));
          let inGroup = 0;
          for (const { item, text } of items) {
            const isFound = isWanted && words.every((word) => text.includes(word) || partName.includes(word) || name.includes(word));
            if (item.hidden === isFound) item.hidden = !isFound;
            if (isFound) inGroup += 1;
          }
          element.hidden = inGroup === 0;
          inPart += inGroup;
        }
        part.element.hidden = inPart === 0;
        part.element.open = isFiltered ? inPart > 0 && (inPart <= 200 || part.open) : part.open;
        inSchool += inPart;
      }
      school.element.hidden = inSchool === 0;
      school.element.open = isFiltered ? inSchool > 0 : school.open;
      found += inSchool;
    }
    const number = String(found).replace(/\\B(?=(?:\\d{3})+$)/g, ',');
    status.textContent = isFiltered ? (found === 1 ? '1 change found' : number + ' changes found') : '';
  };
  let timer;
  form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  form.addEventListener('submit', (event) => event.preventDefault());
  // A link to a school that is closed, or that a filter hides, leads to it all the same.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#s"]') : null;
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    if (target.hidden) { form.reset(); apply(); }
    target.open = true;
  });
  form.hidden = false;
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = all('details:not([open])');
    for (const element of closed) element.open = true;
  });
  addEventListener('afterprint', () => { for (const element of closed) element.open = false; });
})();
`;
