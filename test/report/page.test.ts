import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { definePolicy, MemoryStore, reconcile, type Plan, type Roster } from 'rosterkit';
import { renderHtml, renderMarkdown, reportOf } from 'rosterkit/report';
import { districtRoster, generateDistrict } from 'rosterkit/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, isBrowserRequired, launchBrowser } from '../support/browser.js';
import { mondayMorning, type Reported } from '../support/reported.js';

const scope = { tenant: '<b>tenant</b>' };

/** What somebody may have typed in where a name belongs. */
const HOSTILE = [
  '<script>document.title = "hit"</script>',
  '<img src=x onerror="document.title = `hit`">',
  '"><svg onload=document.title=1>',
  "' autofocus onfocus='document.title=1",
  '</style></li></details></main><h1>gone',
  '&lt;b&gt; &amp;amp; &#x3c;',
  '<!-- ',
  ']]>',
  '${1+1}{{1+1}}',
  '[click](javascript:alert(1)) **bold** `code` | cell | @everyone https://example.org #1',
  '\u202Eevil\u202C \u2066isolate',
  'שלום עולם',
  'مدرسة النور 123',
  'tab\there\nline\r\nnull\u0000bell\u0007\u001B[31mred\u0085',
  'half \uD800 pair',
  'x'.repeat(10_000),
  '名'.repeat(10_000),
  'word '.repeat(2_000),
  '👩‍👩‍👧‍👦'.repeat(500),
  '\uFEFF\u200B',
];

function hostile(): { readonly plan: Plan; readonly roster: Roster } {
  const base = districtRoster(generateDistrict({ seed: 3, students: 60, clashingNames: 0.3 }), { scope });
  const at = (index: number) => HOSTILE[index % HOSTILE.length] ?? '';
  const roster = {
    ...base,
    schools: base.schools.map((school, index) => ({ ...school, name: at(index) })),
    classes: base.classes.map((section, index) => ({ ...section, name: at(index) })),
    users: base.users.map((user, index) => ({ ...user, givenName: at(index), familyName: at(index + 7) })),
  };
  const local = { scope, schools: [], classes: [], users: [], enrollments: [], guardianLinks: [] };
  const ledger = { formatVersion: 2 as const, holds: [], suppressions: [], reported: [] };
  const plan = reconcile({ roster, local: { ...local, ledger }, policy: definePolicy(), now: base.readAt });
  return { plan, roster };
}

describe('a hostile roster', () => {
  it('adds no tag, no attribute and no character that cannot be shown', () => {
    const html = renderHtml(hostile());
    const own = renderHtml({
      ...hostile(),
      roster: districtRoster(generateDistrict({ seed: 3, students: 60 }), { scope }),
    });
    const tags = (text: string) => new Set([...text.matchAll(/<\/?([a-z!][\w-]*)/giu)].map(([, tag]) => tag));
    expect([...tags(html)].filter((tag) => !tags(own).has(tag))).toEqual([]);
    const shown = html.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>/gu, '');
    expect(shown.match(/<script|<img|onerror=[^&]|<h1>gone/gu)).toBeNull();
    expect(/[^\P{Cc}\n]|[\p{Surrogate}\u202A-\u202E\u2066-\u2069]/u.test(shown)).toBe(false);
    expect(Math.max(...shown.split(/<[^>]*>/u).map((text) => text.length))).toBeLessThan(1_200);
  });

  it('is no markup in Markdown, either', () => {
    const markdown = renderMarkdown(hostile());
    expect(markdown).not.toMatch(/<(script|img|svg|b)/u);
    expect(markdown).not.toContain('](javascript');
    expect(markdown).not.toContain('https://example');
    expect(markdown).not.toContain(' @everyone');
  });
});

describe.skipIf(browserPath === undefined && !isBrowserRequired)('the page in a browser (needs Chromium)', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  let browser: Browser;
  let reported: Reported;

  beforeAll(async () => {
    [browser, reported] = await Promise.all([launchBrowser(), mondayMorning()]);
  }, 60_000);
  afterAll(() => browser.close());

  /** Shows the page, and tells what it asked for and what it complained about. */
  async function opened<T>(
    html: string,
    options: BrowserContextOptions,
    look: (page: Page) => Promise<T>,
  ): Promise<T & { readonly asked: string[]; readonly complaints: string[] }> {
    const context = await browser.newContext(options);
    const asked: string[] = [];
    const complaints: string[] = [];
    try {
      const page = await context.newPage();
      // What the page's own policy refuses never comes this far.
      await page.route('**/*', (route) => {
        asked.push(route.request().url());
        return route.fulfill({ contentType: 'text/html', body: html });
      });
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto('http://report.test/');
      return { ...(await look(page)), asked, complaints };
    } finally {
      await context.close();
    }
  }

  // Axe looks at each name that is in sight, and they are all alike.
  const openSome =
    "for (const each of document.querySelectorAll('.hold:first-of-type details, .part:nth-of-type(-n+2), .note, .more, figure details')) each.open = true";
  const openAll = "for (const each of document.querySelectorAll('details')) each.open = true";

  it.each([
    ['by day', { viewport: { width: 1200, height: 900 } }],
    ['by night', { viewport: { width: 1200, height: 900 }, colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const)(
    'has nothing that axe finds, %s, with some of each kind open',
    { timeout: 60_000 },
    async (_, options) => {
      // Axe is put in before the page's own policy applies.
      const { violations } = await opened(renderHtml(reported), { ...options, bypassCSP: true }, async (page) => {
        await page.evaluate(openSome);
        await page.addScriptTag({ content: axe });
        const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
          "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) => result.violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 3).map(({ html }) => ({ html })) })))",
        );
        return { violations: found };
      });
      expect(violations).toEqual([]);
    },
  );

  it.each([
    ['an ordinary', () => renderHtml(reported)],
    ['a masked', () => renderHtml(reported, { masked: true })],
    ['a hostile', () => renderHtml(hostile())],
  ])('%s report never scrolls sideways at 390 pixels, asks for nothing and complains of nothing', async (_, html) => {
    const seen = await opened(html(), { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.evaluate(openAll);
      return {
        width: await page.evaluate('document.documentElement.scrollWidth'),
        title: await page.title(),
        strangers: await page.evaluate(
          "document.querySelectorAll('img, iframe, object, link, [onload], [onerror], [onfocus]').length",
        ),
      };
    });
    expect(seen).toMatchObject({ width: 390, strangers: 0, asked: ['http://report.test/'], complaints: [] });
    expect(seen.title).toMatch(/^Roster plan of /);
  });

  it('runs no script but its own, and sends nothing, whatever came in', async () => {
    const html = renderHtml(reported).replace(
      '</main>',
      '<script>document.title="hit"</script><img src="http://other.test/x"></main>',
    );
    const { title, asked } = await opened(html, {}, async (page) => ({ title: await page.title() }));
    expect(title).toBe('Roster plan of cedar-valley');
    expect(asked).toEqual(['http://report.test/']);
  });

  it('is whole without a script: the form is not there, and every change can be opened', async () => {
    const { form, items } = await opened(renderHtml(reported), { javaScriptEnabled: false }, async (page) => ({
      form: await page.locator('#filter').isVisible(),
      items: await page.locator('.group li').count(),
    }));
    expect(form).toBe(false);
    expect(items).toBe(reported.plan.changes.length);
  });

  it('is searched by name, class or id, and filtered by what happens and what waits', async () => {
    const { plan, roster } = reported;
    const added = plan.changes.find(({ kind }) => kind === 'user-create')?.target as { sourcedId: string };
    const user = roster.users.find(({ sourcedId }) => sourcedId === added.sourcedId);
    const counts = await opened(renderHtml(reported), {}, async (page) => {
      const found = async (search: string, effect = '', state = '') => {
        await page.fill('[name=search]', search);
        await page.selectOption('[name=effect]', effect);
        await page.selectOption('[name=state]', state);
        await page.waitForTimeout(300);
        return [await page.locator('#found').textContent(), await page.locator('.group li:visible').count()] as const;
      };
      return {
        byId: await found(added.sourcedId),
        byName: await found(`${user?.familyName ?? ''} ${user?.givenName ?? ''}`, 'comes'),
        waiting: await found('', '', 'held'),
        goesReady: await found('', 'goes', 'ready'),
        none: await found(''),
      };
    });
    expect(counts.byId).toEqual([expect.stringMatching(/^[1-9]/), expect.any(Number)]);
    expect(Number.parseInt(String(counts.byId[0]), 10)).toBe(counts.byId[1]);
    expect(Number.parseInt(String(counts.byName[0]), 10)).toBeGreaterThan(0);
    expect(counts.waiting[0]).toBe(`${String(plan.counts.held)} changes found`);
    expect(counts.goesReady[0]).toBe('0 changes found');
    expect(counts.none[0]).toBe('');
  });

  it('is printed whole: what is closed on the screen is open on paper, also without a script', async () => {
    const { visible, form } = await opened(renderHtml(reported), { javaScriptEnabled: false }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      return {
        visible: await page.locator('.group li').last().isVisible(),
        form: await page.locator('#filter').isVisible(),
      };
    });
    expect({ visible, form }).toEqual({ visible: true, form: false });
  });

  it('is used by keyboard: the first stop leads past the head, and summaries open by it', async () => {
    const { first, isOpen } = await opened(renderHtml(reported), {}, async (page) => {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate('document.activeElement.textContent');
      await page.locator('.part summary').first().focus();
      await page.keyboard.press('Enter');
      return { first: focused, isOpen: await page.evaluate("document.querySelector('.part').open") };
    });
    expect(first).toBe('Skip to the report');
    expect(isOpen).toBe(true);
  });
});

describe('a large plan', () => {
  it('of 20,000 changes stays under 3 MB, and is made in time that grows with its size alone', {
    timeout: 60_000,
  }, async () => {
    const local = await new MemoryStore().load({ tenant: 'large' });
    const planned = (students: number) => {
      const district = generateDistrict({ seed: 5, students, schools: Math.ceil(students / 400) });
      const roster = districtRoster(district, { scope: { tenant: 'large' } });
      return { plan: reconcile({ roster, local, policy: definePolicy(), now: roster.readAt }), roster, local };
    };
    const large = planned(4_400);
    expect(large.plan.changes.length).toBeGreaterThan(20_000);
    const bytes = (size: Parameters<typeof renderHtml>[0]) => Buffer.byteLength(renderHtml(size));
    expect(bytes(large)).toBeLessThan((3_000_000 * large.plan.changes.length) / 20_000);
    expect(reportOf(large).schools).toHaveLength(large.roster.schools.length);
    const timed = (size: Parameters<typeof renderHtml>[0]) => {
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        renderHtml(size);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    const small = planned(1_100);
    const each = timed(small) / small.plan.changes.length;
    // Twice as much for each of four times as many would be a sort or a search in a loop; a machine at work is no reason to fail.
    expect(timed(large) / large.plan.changes.length).toBeLessThan(each * 3);
  });
});
