/** Who may import whom. Arrows point inwards: base <- ledger <- api and the rest; only app knows everybody. */
const only = (folder, ...allowed) => ({
  name: `${folder}-imports-inwards`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
})

/** Of the parts of `folder` that are folders, `part` imports only itself and those named; files beside them are open to all. */
const within = (folder, part, ...allowed) => ({
  name: `${folder}-${part}-imports-inwards`,
  severity: 'error',
  from: { path: `^src/${folder}/${part}/` },
  to: { path: `^src/${folder}/.+/`, pathNot: [part, ...allowed].map((name) => `^src/${folder}/${name}[/.]`) },
})

const npmOnly = (folder, packages) => ({
  name: `${folder}-npm`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: 'node_modules', pathNot: packages.map((name) => `node_modules/(@types/)?${name}/`) },
})

const noNode = (folder) => ({
  name: `${folder}-is-pure`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { dependencyTypes: ['core'] },
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$'] }, to: {} },
    {
      name: 'nobody-imports-app',
      severity: 'error',
      from: { path: '^src/.+/', pathNot: '^src/app/' },
      to: { path: '^src/app/' },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    only('base'),
    only('ledger', 'base'),
    only('api', 'base', 'ledger'),
    only('store', 'base', 'ledger'),
    only('time', 'base'),
    only('nodes', 'base', 'api', 'time'),
    only('chain', 'base', 'ledger', 'api', 'store', 'time'),
    only('wallet', 'base', 'ledger', 'api'),
    only('threads', 'base'),
    only('verification', 'base', 'ledger', 'chain', 'threads', 'wallet'),
    only('mining', 'base', 'ledger', 'api', 'chain', 'threads', 'time'),
    only('sync', 'base', 'ledger', 'api', 'chain', 'nodes', 'store', 'time'),
    only('access', 'base', 'api'),
    only('rest', 'base', 'api', 'access'),
    only('bus', 'base', 'api', 'access', 'time'),
    only('p2p'),
    within('contract', 'wire'),
    within('contract', 'shim', 'wire', 'simulation/state-requests'),
    within('contract', 'api', 'shim', 'wire'),
    within('contract', 'simulation'),
    within('contract', 'peer', 'simulation', 'identity', 'wire'),
    within('contract', 'identity', 'wire'),
    within('contract', 'proposal', 'identity', 'wire'),
    within('contract', 'gateway', 'proposal', 'identity', 'wire'),
    only('contract', 'base', 'ledger', 'api', 'time', 'wallet'),
    ...['base', 'ledger', 'api', 'p2p/wire'].map(noNode),
    npmOnly('base', ['ipaddr\\.js']),
    npmOnly('ledger', ['@noble']),
    npmOnly('api', ['@sinclair', 'ajv']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
    reporterOptions: { mermaid: { minify: false } },
  },
}
