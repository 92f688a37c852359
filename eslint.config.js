import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Which folder of src/ may import what. Everything that is not listed here is forbidden: other folders, npm packages,
 * and, where `node` is not set, Node's own modules. `pure` folders may also use neither clock, chance nor I/O.
 *
 * @type {Record<string, { folders?: string[], packages?: string[], node?: boolean, pure?: boolean }>}
 */
export const folders = {
  internal: { pure: true },
  model: { folders: ['internal'], pure: true },
  engine: { folders: ['model', 'internal'], pure: true },
  policy: { folders: ['model'], packages: ['zod'] },
  ports: { folders: ['model'] },
  http: { folders: ['internal'], packages: ['ky', 'p-retry', 'p-limit', 'zod'], node: true },
  oneroster: { folders: ['http', 'model', 'ports', 'internal'], packages: ['zod', 'yauzl'], node: true },
  clever: { folders: ['http', 'model', 'ports', 'internal'], packages: ['zod', 'jose'], node: true },
  classlink: { folders: ['oneroster', 'http', 'model', 'ports', 'internal'], packages: ['zod'], node: true },
  people: { folders: ['model', 'ports', 'internal'], node: true },
  credentials: { folders: ['model', 'ports', 'internal'] },
  sync: {
    folders: ['engine', 'policy', 'people', 'model', 'ports', 'internal'],
    packages: ['eventemitter3', 'p-limit', 'p-retry'],
    node: true,
  },
  connections: {
    folders: ['sync', 'credentials', 'policy', 'model', 'ports', 'internal'],
    packages: ['croner'],
  },
  'adapters/memory': { folders: ['model', 'ports', 'internal'], node: true },
  'adapters/postgres': { folders: ['model', 'ports', 'internal'], node: true },
  'adapters/smtp': { folders: ['model', 'ports', 'internal'], node: true },
  testing: { folders: ['model', 'ports', 'internal', 'adapters/memory'], node: true },
};

/** Folders below a folder of the table that the rules still reach. */
const deepest = 3;

const noDynamicImport = {
  selector: 'ImportExpression',
  message: 'The folder table is kept on static imports: import at the top of the file.',
};

const noHiddenInput = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Take `now` as an argument.',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take `now` as an argument.' },
  { selector: "CallExpression[callee.name='Date']", message: 'Take `now` as an argument.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'The same input gives the same plan.',
  },
];

const impureGlobals = [
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'crypto',
  'console',
  'performance',
  'globalThis',
  'window',
  'self',
  'localStorage',
  'require',
].map((name) => ({ name, message: 'This folder is pure: it computes, and nothing else.' }));

/** The rules of one folder, once for each depth of its files: how many `../` lead out of it differs. */
function boundariesOf(folder, { folders: others = [], packages = [], node = false, pure = false }) {
  const levels = folder.split('/').length;
  return Array.from({ length: deepest + 1 }, (_, nested) => {
    const allowed = [
      String.raw`\./(?!.*\.\./)`,
      ...(nested > 0 ? [String.raw`(?:\.\./){1,${String(nested)}}(?!.*\.\.(?:/|$))`] : []),
      String.raw`(?:\.\./){${String(levels + nested)}}(?:errors\.js$|(?:${['(?!)', ...others].join('|')})/(?!.*\.\./))`,
      ...packages.map((name) => `${name}(?:/|$)`),
      ...(node ? ['node:'] : []),
    ];
    return {
      files: [`src/${folder}/${'*/'.repeat(nested)}*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                regex: `^(?!${allowed.join('|')})`,
                message: `src/${folder} may import ${[...others, 'errors.ts', ...packages].join(', ')}. See the folder table in docs/architecture.md.`,
              },
            ],
          },
        ],
        'no-restricted-syntax': ['error', noDynamicImport, ...(pure ? noHiddenInput : [])],
        ...(pure ? { 'no-restricted-globals': ['error', ...impureGlobals] } : {}),
      },
    };
  });
}

/** A file of its own kind: it may import exactly these. */
function only(file, allowed, message) {
  return {
    files: [file],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: `^(?!${allowed})`, message }] }],
      'no-restricted-syntax': ['error', noDynamicImport],
    },
  };
}

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'docs/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', 'eslint.config.js'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // A port is asynchronous; an adapter in memory has nothing to wait for, and `async` turns its throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A field is left out of a copy by naming it beside the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A number in a message has one spelling; objects, undefined and null do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  only('src/**/*.ts', '(?!)', 'This folder is not in the folder table of eslint.config.js.'),
  Object.entries(folders).flatMap(([folder, rule]) => boundariesOf(folder, rule)),
  only('src/errors.ts', '(?!)', 'errors.ts is a leaf: it imports nothing.'),
  only('src/index.ts', String.raw`\./(?!.*\.\./)`, 'The front door lists names of rosterkit and no others.'),
  // The one entry that knows msw: only its users have it installed.
  only(
    'src/testing/msw.ts',
    String.raw`\./(?!.*\.\./)|\.\./internal/|msw(?:/|$)`,
    'testing/msw.ts joins msw to what src/testing has.',
  ),
  {
    files: ['test/**/*.ts'],
    // Vitest's matchers, such as expect.any(), are `any` by design and stand in object literals.
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['eslint.config.js'],
    // Its helpers have no types of their own.
    extends: [tseslint.configs.disableTypeChecked],
  },
);
