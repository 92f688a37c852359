import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** Every ```ts block of a file; in a docstring the leading stars are taken away. */
function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const blocks = [...text.matchAll(/^([ \t]*(?:\* ?)?)```ts\n([\s\S]*?)^[ \t]*(?:\* ?)?```$/gm)];
  return blocks.map((block) => {
    const line = text.slice(0, block.index).split('\n').length + 1;
    const code = (block[2] ?? '').replace(/^[ \t]*\* ?/gm, (star) => (block[1]?.includes('*') === true ? '' : star));
    return { name: `${file}:${line}`, code };
  });
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.join(folder, file));
}

test('every example in a docstring, the README and the documents compiles', { timeout: 120_000 }, () => {
  const documents = filesIn('docs', '.md').filter((file) => !file.startsWith(path.join('docs', 'api')));
  const snippets = ['README.md', ...documents, ...filesIn('src', '.ts')].flatMap(snippetsOf);
  expect(snippets.length).toBeGreaterThan(0);

  const sources = new Map(
    snippets.map((snippet, index) => [
      path.join(root, `snippet-${index}.ts`),
      { ...snippet, code: `${snippet.code}\nexport {};\n` },
    ]),
  );
  const config = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (file) => sources.get(file)?.code ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) => {
    const snippet = sources.get(file);
    if (snippet === undefined) return getSourceFile(file, ...rest);
    return ts.createSourceFile(
      file,
      snippet.code,
      typeof rest[0] === 'object' ? rest[0] : { languageVersion: rest[0] },
    );
  };

  // A reader may leave a name unused; everything else must be right.
  const program = ts.createProgram(
    [...sources.keys()],
    { ...options, noUnusedLocals: false, noUnusedParameters: false },
    host,
  );
  const problems = [...sources].flatMap(([file, { name }]) => {
    const source = program.getSourceFile(file);
    if (source === undefined) return [`${name}: not read`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      (problem) => `${name}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`,
    );
  });
  expect(problems).toEqual([]);
});
