import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder inside the project, so that programs in it resolve `rosterkit` as the examples do. */
export function programFolder(name: string): string {
  return path.join(root, '.rosterkit', name);
}

/** The programs of a document. */
export function programsOf(document: string): readonly string[] {
  const text = readFileSync(path.join(root, document), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
}

/** Runs a program, and gives what it printed. */
export async function runProgram(folder: string, code: string, name: string): Promise<string> {
  const file = path.join(folder, `${name}.mts`);
  writeFileSync(file, code);
  const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [tsx, '--tsconfig', path.join(root, 'tsconfig.json'), file],
    {
      cwd: root,
    },
  );
  return stdout;
}
