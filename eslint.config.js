import tseslint from 'typescript-eslint'

/** Folders that must stay deterministic: the clock and randomness are passed in. */
const pure = ['src/base/**', 'src/ledger/**', 'src/api/**']

export default tseslint.config(
  {
    ignores: [
      'dist',
      '.tools',
      'coverage',
      'nodes',
      'eslint.config.js',
      'scripts/bundle.js',
      'test/support/fast-check.js',
      'examples/**/*.js',
      '**/*.cjs',
      'templates',
      'test/live/bcoin',
      'test/live/**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Express's types build requests on http.IncomingMessage, which the rule takes for a foreign class.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: pure,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pure code is given the time.' },
        { object: 'Math', property: 'random', message: 'Pure code is given its randomness.' },
      ],
    },
  },
)
