/*
 * Which way imports point: docs/architecture.md, "Rooms". `npm run check` refuses everything else.
 * A rule's comment is what its violation prints, so it says why, and what to do instead.
 */

/** Rooms under lambdas/ and, for each, what it may import besides itself. */
const rooms = {
  contracts: [],
  access: ['contracts'],
  workflow: ['contracts'],
  flow: ['contracts'],
  audit: ['contracts', 'workflow', 'runtime'],
  views: ['contracts', 'workflow', 'flow', 'runtime'],
  behaviour: ['contracts'],
  runtime: ['contracts'],
  tenancy: ['contracts', 'runtime'],
  adapters: ['contracts', 'access', 'workflow', 'flow', 'runtime', 'tenancy'],
  platform: [
    'contracts',
    'access',
    'audit',
    'views',
    'behaviour',
    'workflow',
    'flow',
    'runtime',
    'tenancy',
    'adapters',
  ],
  definitions: ['contracts'],
  duckdb: ['contracts'],
  systems: ['contracts', 'runtime', 'definitions', 'duckdb', 'adapters'],
  testing: [
    'contracts',
    'access',
    'audit',
    'views',
    'behaviour',
    'workflow',
    'flow',
    'runtime',
    'tenancy',
    'definitions',
    'adapters',
    'platform',
  ],
};

const whyRoom = {
  views: 'what people see of runs is the same for the command line and the API: it reads, and decides nothing',
  contracts: 'contracts are what all rooms agree on, so they may depend on none of them',
  access: 'who may pass is decided in one place, which knows nothing of what lies behind it',
  workflow: 'the engine is pure: what it needs of the world comes in as data',
  audit: 'what is noted for good, and how it is verified, is the same for the Lambda, the API and the command line',
  behaviour: 'what is ordinary, and what is not, is told from the audit alone: same records, same answer',
  flow: 'limits are decided as purely as runs, and know no more of a run than what it asks for',
  runtime: 'an agent brings the runtime along, so it stays free of the engine and of the AWS SDK',
  tenancy: 'what tenants may use is decided in one place, over ports',
  adapters: 'adapters fulfil ports; they know no Lambda and no system',
  platform: 'platform Lambdas serve every system alike, so they know none of them',
  duckdb: 'an analytical database without a way out is the same for every system that computes over tables',
  definitions: 'a definition is data: whoever writes one needs the contracts and nothing else',
  testing: 'the platform in one process is for tests of any system, so it knows none of them',
  systems: 'a system reaches the platform by messages only, so that either can be deployed alone',
};

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `${whyRoom[room]}. lambdas/${room} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other room'}.`,
  from: { path: `^lambdas/${room}/` },
  to: { path: '^lambdas/', pathNot: `^lambdas/(${[room, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'contracts-zod-only',
      severity: 'error',
      comment: 'zod is the one source of types, validation and docs, and contracts are bundled into every Lambda.',
      from: { path: '^lambdas/contracts/' },
      to: { pathNot: ['^lambdas/', '^node_modules/zod/'] },
    },
    {
      name: 'workflow-is-pure',
      severity: 'error',
      comment:
        'decide and evolve must replay bit for bit: nothing that reads a clock, dice, files or the network. ' +
        'Allowed: zod, the JSON Schema validator (docs/decisions/0004) and hashes. Take time, ids and randomness as arguments.',
      from: { path: '^lambdas/(workflow|flow|behaviour)/' },
      to: { pathNot: ['^lambdas/', '^node_modules/zod/', '^node_modules/@cfworker/json-schema/', '^crypto$'] },
    },
    {
      name: 'runtime-packages',
      severity: 'error',
      comment: 'every agent pays for the runtime at cold start: middy and zod, nothing else.',
      from: { path: '^lambdas/runtime/' },
      to: {
        path: 'node_modules/',
        pathNot: 'node_modules/(@middy/|zod/|@types/aws-lambda/)',
      },
    },
    {
      name: 'aws-sdk-in-adapters',
      severity: 'error',
      comment: 'one room knows the AWS SDK. Add a method to a port and fulfil it in lambdas/adapters.',
      from: { path: '^(lambdas|lib|bench)/', pathNot: '^lambdas/adapters/' },
      to: { path: ['node_modules/@aws-sdk/', 'node_modules/@smithy/', '^@aws-sdk/', '^@smithy/'] },
    },
    {
      name: 'adapters-only-in-handlers',
      severity: 'error',
      comment:
        'only the wiring (handler.ts, and files named *-handler.ts) chooses adapters; everything else takes ports, so tests need no cloud.',
      from: { path: '^lambdas/(platform|systems)/', pathNot: 'handler\\.ts$' },
      to: { path: '^lambdas/adapters/' },
    },
    {
      name: 'testing-needs-no-cloud',
      severity: 'error',
      comment: 'the platform in one process is for tests that need no cloud: ports in memory fulfil it.',
      from: { path: '^lambdas/testing/' },
      to: { path: '^lambdas/adapters/aws/' },
    },
    {
      name: 'agents-reach-the-world-through-ctx',
      severity: 'error',
      comment: 'an agent runs unchanged in tests and in AWS because everything it needs comes in through ctx.',
      from: { path: '^lambdas/systems/[^/]+/agents/', pathNot: 'handler\\.ts$' },
      to: { path: ['^lambdas/adapters/', 'node_modules/(@aws-sdk|@smithy)/'] },
    },
    {
      name: 'systems-stand-alone',
      severity: 'error',
      comment: 'a system never imports another: they meet on channels.',
      from: { path: '^lambdas/systems/([^/]+)/' },
      to: { path: '^lambdas/systems/', pathNot: '^lambdas/systems/$1/' },
    },
    {
      name: 'platform-lambdas-stand-alone',
      severity: 'error',
      comment:
        'a platform Lambda never imports another: they meet on queues. What two of them share is engine, runtime or adapter.',
      from: { path: '^lambdas/platform/([^/]+)/' },
      to: { path: '^lambdas/platform/[^/]+/', pathNot: '^lambdas/platform/$1/' },
    },
    {
      name: 'handlers-are-entry-points',
      severity: 'error',
      comment: 'a handler wires when it is loaded; it is reached by its file path, never by import.',
      from: { pathNot: '^test/' },
      to: { path: '^lambdas/(platform|systems)/.*handler\\.ts$' },
    },
    {
      name: 'lib-reads-data-only',
      severity: 'error',
      comment:
        'stacks are made from manifests and contracts; importing code of a Lambda would run it at synth. Name it by file path.',
      from: { path: '^lib/' },
      to: {
        path: '^lambdas/',
        pathNot: ['^lambdas/contracts/', '/manifest.ts$', '/system.ts$'],
      },
    },
    {
      name: 'client-knows-routes-alone',
      severity: 'error',
      comment: 'whoever uses the client gets the routes and their schemas, and nothing of what answers them.',
      from: { path: '^client/' },
      to: { pathNot: ['^client/', '^lambdas/contracts/', '^node_modules/zod/'] },
    },
    {
      name: 'lambdas-import-no-outside',
      severity: 'error',
      comment: 'what runs in AWS depends on nothing that builds, starts, tests or measures it.',
      from: { path: '^lambdas/' },
      to: { path: '^(bin|lib|test|bench|console|client)/' },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      comment: 'test code is for tests and benches alone.',
      from: { path: '^(bin|lib|console)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'lambdas-need-dependencies',
      severity: 'error',
      comment: 'what a Lambda runs is bundled from `dependencies`; a development dependency may only lend it types.',
      from: { path: '^lambdas/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'files that import each other are one file, or there is another one to be found. Types count: what two files share has its own.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment:
        'a file that nothing imports and that imports nothing is left over: use it or delete it. (lambda-credentials.ts, node-http.ts and no-event-streams.cjs take the place of packages in bundles.)',
      from: {
        orphan: true,
        pathNot: [
          '^test/',
          '^bench/',
          '^lib/bundling/(lambda-credentials|node-http|no-event-streams)\\.c?[jt]s$',
          '\\.d\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment:
        'an import that resolves to nothing fails at run time, since types are stripped and never checked there.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API in JavaScript; swc reads types as well, so type-only imports count too.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(cdk\\.out|\\.muster)/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
