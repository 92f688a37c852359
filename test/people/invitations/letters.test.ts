import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { escapeHtml, prepareInvitation, settleWriting, type WritingOptions } from '../../../src/people/index.js';
import type { UserRole } from '../../../src/model/index.js';

const NASTY = 'Ada\r\nBcc: x\u2028<img src=x onerror="go()">\u202E&\u200F';

const letter = (options: WritingOptions, fields: Partial<Parameters<typeof prepareInvitation>[0]> = {}) =>
  prepareInvitation(
    {
      tenant: 'd',
      subject: 'user:1',
      channel: 'email',
      address: 'ada@school.example',
      runId: 'r',
      at: '2026-09-15T12:00:00.000Z',
      isWaiting: false,
      person: { roles: ['teacher'], givenName: 'Ada', schoolSourcedIds: ['north'] },
      ...fields,
    },
    settleWriting('d', options),
  ).message;
const to = (roles: readonly UserRole[]) => ({ person: { roles, schoolSourcedIds: ['north'] } });

describe('letters', () => {
  it('differ by whom they are for', () => {
    expect(letter({}, to(['guardian'])).text).toContain("your child's school");
    expect(letter({}, to(['guardian', 'teacher'])).text).not.toContain("your child's school");
    const audiences = (['teacher', 'administrator', 'guardian', 'student'] as const).map((role) => {
      let audience = '';
      const note = (details: { readonly audience: string }) => {
        audience = details.audience;
        return { subject: 's', text: 't' };
      };
      letter({ templates: { teacher: note, staff: note, guardian: note, student: note } }, to([role]));
      return audience;
    });
    expect(audiences).toEqual(['teacher', 'staff', 'guardian', 'student']);
  });

  it.each([
    ['es', 'Hola, Ada:'],
    ['es-MX', 'Hola, Ada:'],
    ['ES', 'Hola, Ada:'],
    ['en', 'Hello Ada,'],
    ['tlh', 'Hello Ada,'],
    ['constructor', 'Hello Ada,'],
  ])('in %s begin with %s', (language, greeting) => {
    expect(letter({ language }).text.startsWith(greeting)).toBe(true);
    expect(
      letter({ language: ({ schoolSourcedIds }) => (schoolSourcedIds[0] === 'north' ? language : 'en') }).text,
    ).toContain(greeting);
  });

  it('have the Join link in text and HTML, and none where there is nowhere to join', () => {
    for (const join of [
      'https://school.example/join?a=1&code={code}',
      (code: string) => `https://school.example/join?a=1&code=${code}`,
    ]) {
      const { text, html } = letter({ join });
      const code = /code: (\S+)/.exec(text)?.[1] ?? '';
      expect(text).toContain(`https://school.example/join?a=1&code=${code}\n`);
      expect(html).toContain(`<a href="https://school.example/join?a=1&amp;code=${code}">`);
      const sms = letter({ join }, { channel: 'text', address: '5550100123' });
      expect(sms.text).toMatch(/https:\/\/school\.example\/join\?a=1&code=\S+$/);
      expect(sms.text.length).toBeLessThanOrEqual(160);
    }
    expect(letter({}).html).not.toContain('<a ');
  });

  it.each([
    'http://school.example/{code}',
    'https://school.example/',
    'javascript:alert({code})',
    'https://user:pass@school.example/{code}',
    '{code}',
    7,
    () => 'nowhere',
    () => {
      throw new Error('code of Ada');
    },
  ])('take no link that is none: %s', (join) => {
    const made = () => settleWriting('d', { join: join as never });
    expect(made).toThrow(ConfigurationError);
    expect(made).toThrow(/^join: /);
    expect(made).not.toThrow(/Ada/);
  });

  it('say who invites and for which school, and answers go to them', () => {
    const signature = { replyTo: 'principal@school.example', name: 'Pat Lee', schoolName: 'North' };
    const message = letter({}, { signature });
    expect(message.replyTo).toBe('principal@school.example');
    expect(message.text).toContain('\nPat Lee, North\n');
    expect(message.html).toContain('<p>Pat Lee, North</p>');
  });

  it('let nothing untrusted break out of the subject, a line or the markup', () => {
    const signature = { replyTo: 'a@b.example', name: NASTY, schoolName: NASTY };
    for (const language of ['en', 'es']) {
      const { subject, text, html = '' } = letter({ language }, { person: { givenName: NASTY }, signature });
      expect(subject).not.toMatch(/Ada|[\r\n]/);
      for (const part of [text, html]) expect(part).not.toMatch(/[\r\u2028\u202E\u200F]/u);
      expect(text).toContain('Ada Bcc: x <img src=x onerror="go()">&');
      expect(html).not.toContain('<img');
      expect(html).toContain('Ada Bcc: x &lt;img src=x onerror=&quot;go()&quot;&gt;&amp;');
    }
    expect(escapeHtml(`<a href='x'>&"`)).toBe('&lt;a href=&#39;x&#39;&gt;&amp;&quot;');
  });
});

describe('templates', () => {
  it('take the place of the default ones, for an audience or a language of it', () => {
    const mine = () => ({ subject: `Hi${NASTY}`, text: 'Come in.' });
    const ours = () => ({ subject: 'Bonjour', text: 'Entrez.', html: '<p>Entrez.</p>' });
    const own = letter({ templates: { teacher: mine } });
    expect(own).toMatchObject({ text: 'Come in.' });
    expect(own.subject).not.toMatch(/[\r\n\u2028\u202E]/u);
    expect(own).not.toHaveProperty('html');
    const templates = { teacher: { fr: ours } };
    expect(letter({ templates, language: 'fr-CA' })).toMatchObject({ subject: 'Bonjour', html: '<p>Entrez.</p>' });
    expect(letter({ templates }).text).toContain('Hello Ada,');
    const text = letter(
      { templates: { text: ({ code }) => `Code ${code}` } },
      { channel: 'text', address: '5550100123' },
    );
    expect(text.text).toMatch(/^Code \S+$/);
  });

  it.each<[unknown, string]>([
    [{ parent: () => ({}) }, 'templates.parent'],
    [{ teacher: 'Hello' }, 'templates.teacher'],
    [{ teacher: {} }, 'templates.teacher'],
    [{ teacher: { en: 'Hello' } }, 'templates.teacher.en'],
    ['Hello', 'templates'],
  ])('are functions: %j', (templates, parameter) => {
    const made = () => settleWriting('d', { templates: templates as never });
    expect(made).toThrow(expect.objectContaining({ parameter }) as Error);
  });

  it.each<[() => unknown]>([
    [() => undefined],
    [() => ({ subject: 's' })],
    [() => ({ subject: 's', text: ' ' })],
    [() => ({ subject: 1, text: 't' })],
    [() => ({ subject: 's', text: 't', html: 1 })],
    [
      () => {
        throw new Error('about Ada');
      },
    ],
  ])('that make no letter are named, and nobody else: %s', (template) => {
    const made = () => letter({ templates: { teacher: template as never } });
    expect(made).toThrow(/^templates\.teacher: /);
    expect(made).not.toThrow(/Ada/);
  });

  it('and languages that are none are named', () => {
    expect(() => settleWriting('d', { language: '' })).toThrow(/^language: /);
    expect(() => settleWriting('d', { language: 7 as never })).toThrow(/^language: /);
    expect(() => letter({ language: () => undefined as never })).toThrow(/^language: /);
  });
});
