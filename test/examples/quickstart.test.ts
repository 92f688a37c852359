import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generateDistrict, simulateClassLink, simulateClever } from '../../src/testing/index.js';
import { chooseDistrict } from '../../examples/quickstart/own-district.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  readonly code: number | string | null | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Runs the quickstart as `npm start` does, with nothing of this machine's environment but the path. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'examples/quickstart.ts', ...args];
    execFile(process.execPath, command, { cwd: ROOT, env }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : error.code, output, errors });
    });
  });
}

describe('the district that the environment of the quickstart names', () => {
  const clever = (baseUrl: string) => chooseDistrict(undefined, { CLEVER_TOKEN: 'token', CLEVER_BASE_URL: baseUrl });

  it('is at Clever’s own address where the other one is left empty', async () => {
    expect((await clever(''))?.name).toBe('clever');
  });

  it.each(['api.clever.com', 'localhost:8080', 'http://', 'ftp://127.0.0.1'])(
    'is refused by the name of the variable where its address is none: %s',
    async (baseUrl) => {
      await expect(clever(baseUrl)).rejects.toThrow(
        expect.objectContaining({ name: 'UsageError', message: expect.stringContaining('CLEVER_BASE_URL') as string }),
      );
    },
  );
});

describe('--check', () => {
  it('says what to set where no district is named', async () => {
    const { code, output, errors } = await start(['--check']);
    expect(errors).toMatch(/^UsageError: .*CLEVER_TOKEN/u);
    expect(output).toBe('');
    expect(code).toBe(1);
  });

  it('ends with 1 where the district cannot be imported', async () => {
    const service = await simulateClever(generateDistrict({ students: 12 }), { scopes: ['read:schools'] });
    try {
      const environment = { CLEVER_TOKEN: service.token, CLEVER_BASE_URL: service.url };
      const { code, output, errors } = await start(['--check'], environment);
      expect(errors).toBe('');
      expect(output).toContain('Not ready to import');
      expect(code).toBe(1);
    } finally {
      await service.close();
    }
  });

  it('looks at ClassLink by the four details, and says which switch to flip', async () => {
    const service = await simulateClassLink(generateDistrict({ students: 12 }), {
      quirks: { sharesUnenrolledUsers: false },
    });
    try {
      const { code, output, errors } = await start(['--check'], {
        CLASSLINK_TENANT_ID: '2222',
        CLASSLINK_CLIENT_ID: 'test-key',
        CLASSLINK_SECRET_KEY: 'test-secret',
        CLASSLINK_SERVER_URL: service.url,
      });
      expect(errors).toBe('');
      expect(output).toMatch(/Ready to import, with something to look at: \d+ teachers?, 12 students/u);
      expect(output).toContain('“Unenrolled Users”');
      expect(code).toBe(0);
    } finally {
      await service.close();
    }
  });

  it('looks at ClassLink by a partner’s key, once it is said which district', async () => {
    const service = await simulateClassLink(generateDistrict({ students: 12 }), { proxy: { otherDistricts: 2 } });
    try {
      const environment = { CLASSLINK_API_KEY: 'test-partner-key', CLASSLINK_PROXY_URL: service.url };
      const unsaid = await start(['--check'], environment);
      expect(unsaid.errors).toMatch(/^UsageError: Please set CLASSLINK_TENANT_ID .*2222 \(/u);
      expect(unsaid.code).toBe(1);
      const { code, output, errors } = await start(['--check'], { ...environment, CLASSLINK_TENANT_ID: '2222' });
      expect(errors).toBe('');
      expect(output).toContain('12 students');
      expect(code).toBe(0);
    } finally {
      await service.close();
    }
  });
});
