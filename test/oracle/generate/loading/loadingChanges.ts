/** Changes to a plain guard that have an effect while it loads. */
import type { Random } from '../../random.ts';
import { call, i32Const, i64Const, memoryGrow, drop, type TypeByte, types, unreachable } from '../../wasm/code.ts';
import { sized, text, u32, vector } from '../../wasm/encode.ts';
import type { GuardProgram, LabelName } from '../../wasm/guardProgram.ts';
import { callBackend, type HostImport, wasiImport, wasiModule } from '../../wasm/wasiFunctions.ts';

/** A guard while it is built. */
export interface Guard {
  readonly program: GuardProgram;
  readonly labels: Map<string, number>;
  /** Sections that are written as given. */
  readonly raw: Map<number, readonly number[]>;
}

export interface Change {
  readonly imports?: readonly HostImport[];
  /** Whether the change adds the table, or needs a guard without one. */
  readonly ownTable?: boolean;
  /** A label function of another kind. */
  readonly label?: { readonly name: LabelName; add(program: GuardProgram): void };
  before?(guard: Guard): void;
  after?(guard: Guard): void;
}

export type MakeChange = (random: Random) => readonly [label: string, change: Change];

const { i32, i64, f32, f64, v128, funcref, externref } = types;

const starts: MakeChange = (random) => {
  const backend = [0, 0, 0, 0, 0, 0].flatMap((each) => i32Const(each));
  const [label, make] = random.pick<readonly [string, (program: GuardProgram) => readonly number[]]>([
    ['does nothing', () => []],
    ['traps', () => unreachable],
    ['divides by zero', () => [...i32Const(1), ...i32Const(0), 0x6d, ...drop]],
    ['logs', (program) => [...[2, 0, 4].flatMap((each) => i32Const(each)), ...call(program.imported('host_log'))]],
    [
      'logs and traps',
      (program) => [
        ...[2, 0, 4].flatMap((each) => i32Const(each)),
        ...call(program.imported('host_log')),
        ...unreachable,
      ],
    ],
    ['exits 0', (program) => [...i32Const(0), ...call(program.imported('proc_exit'))]],
    ['exits 7', (program) => [...i32Const(7), ...call(program.imported('proc_exit'))]],
    ['asks the backend', (program) => [...backend, ...call(program.imported('call_backend')), ...drop]],
    [
      'reads the clock',
      (program) => [
        ...i32Const(1),
        ...i64Const(0n),
        ...i32Const(8),
        ...call(program.imported('clock_time_get')),
        ...drop,
      ],
    ],
    ['grows', () => [...i32Const(3), ...memoryGrow, ...drop]],
    ['recurses endlessly', (program) => [...i32Const(0), 0x1a, ...call(program.hash + 1)]],
    ['never ends', () => [0x03, 0x40, 0x0c, 0x00, 0x0b]],
    ['loops', () => [...i32Const(1), 0x04, 0x40, 0x03, 0x40, 0x0b, 0x0b]],
  ]);
  const exported = random.once(3);
  return [
    `a start function that ${label}`,
    {
      imports: [wasiImport('proc_exit'), callBackend, wasiImport('clock_time_get')],
      before: ({ program }) => {
        const { module } = program;
        const index = module.function(module.type([], []), [], make(program));
        if (exported) module.export('sx', 'func', index);
        module.start(index);
      },
    },
  ];
};

const oddStarts: MakeChange = (random) => {
  const content = random.pick<readonly number[]>([[0], [1], [2], [3], [4], [99], [], [0x80, 0x00], [1, 1]]);
  return [`start section ${content.join()}`, { after: ({ raw }) => void raw.set(8, content) }];
};

const foreign = (module: string, name: string, description: readonly number[]): readonly number[] => [
  ...text(module),
  ...text(name),
  ...description,
];

const imports: MakeChange = (random) => {
  const one = random.pick<readonly [string, readonly number[]]>([
    ['env.nope', foreign('env', 'nope', [0, 0])],
    ['nope.nope', foreign('nope', 'nope', [0, 0])],
    ['guard.x', foreign('guard', 'x', [0, 0])],
    ['wasi_unstable', foreign('wasi_unstable', 'fd_write', [0, 0])],
    ['wrong signature', foreign('env', 'call_backend', [0, 1])],
    ['wrong wasi signature', foreign(wasiModule, 'proc_exit', [0, 0])],
    ['memory', foreign('env', 'memory', [2, 0, 1])],
    ['table', foreign('env', 'host_log', [1, 0x70, 0, 1])],
    ['global', foreign('env', 'host_log', [3, 0x7f, 0])],
    ['memory over the limit', foreign('env', 'memory', [2, 0, ...u32(600)])],
    ['shared memory', foreign('env', 'memory', [2, 3, 1, 1])],
    ['tag', foreign('env', 'tag', [4, 0, 0])],
    ['kind 5', foreign('env', 'x', [5, 0])],
    ['empty module', foreign('', 'x', [0, 0])],
    ['empty name', foreign('env', '', [0, 0])],
    ['bad type', foreign('env', 'x', [0, 99])],
    ['not UTF-8', [2, 0xc3, 0x28, 1, 0x61, 0, 0]],
    ['v128 global', foreign('env', 'g', [3, 0x7b, 1])],
    ['mutability 2', foreign('env', 'g', [3, 0x7f, 2])],
    ['global of an unknown type', foreign('env', 'g', [3, 0x11, 0])],
    ['log twice', foreign('env', 'host_log', [0, 1])],
  ]);
  // The frame imports host_log first, so a further import shifts every index and mostly makes later code invalid.
  const log = foreign('env', 'host_log', [0, 1]);
  const list = random.pick([[log, one[1]], [one[1], log], [one[1]]]);
  return [`import ${one[0]}`, { after: ({ raw }) => void raw.set(2, vector(list)) }];
};

const exports: MakeChange = (random) => {
  const [label, content] = random.pick<readonly [string, readonly number[]]>([
    ['none', [0]],
    ['_start only', vector([[...text('_start'), 0, 2]])],
    [
      '_start and label_resource',
      vector([
        [...text('_start'), 0, 2],
        [...text('label_resource'), 0, 3],
      ]),
    ],
    [
      'twice',
      vector([
        [...text('a'), 0, 2],
        [...text('a'), 0, 2],
      ]),
    ],
    ['unknown function', vector([[...text('a'), 0, 99]])],
    ['unknown table', vector([[...text('a'), 1, 9]])],
    ['unknown memory', vector([[...text('a'), 2, 1]])],
    ['unknown global', vector([[...text('a'), 3, 9]])],
    ['tag', vector([[...text('a'), 4, 0]])],
    ['kind 9', vector([[...text('a'), 9, 0]])],
    ['not UTF-8', vector([[2, 0xc3, 0x28, 0, 2]])],
    ['cut', [1, 5, 0x61]],
    ['empty name', vector([[...text(''), 0, 2]])],
    ['quotes', vector([[...text('a"b\\\n\u0001é\u200b😀'), 0, 99]])],
    [
      'memories',
      vector([
        [...text('label_agent'), 2, 0],
        [...text('label_resource'), 2, 0],
        [...text('label_response'), 2, 0],
      ]),
    ],
  ]);
  return [`exports: ${label}`, { after: ({ raw }) => void raw.set(7, content) }];
};

const labelKinds: MakeChange = (random) => {
  const name = random.pick(['label_agent', 'label_resource', 'label_response'] as const);
  const params = random.list(random.pick([0, 3, 4, 4, 5]), () =>
    random.pick([i32, i32, i64, f32, f64, v128, funcref, externref]),
  );
  const results = random.list(random.pick([0, 1, 1, 2]), () => random.pick([i32, i32, i64, f32, v128, externref]));
  const own = random.once(2);
  const host = random.pick(['fd_write', 'fd_read', 'poll_oneoff', 'sched_yield']);
  return [
    own ? `${name} is (${params.join()})->(${results.join()})` : `${name} is ${host}`,
    {
      imports: own ? [] : [wasiImport(host)],
      label: {
        name,
        add: (program) => {
          const { module } = program;
          module.export(
            name,
            'func',
            own ? module.function(module.type(params, results), [], unreachable) : program.imported(host),
          );
        },
      },
    },
  ];
};

const globals: MakeChange = (random) => {
  const init = random.pick<readonly [TypeByte, readonly number[]]>([
    [i32, i32Const(7)],
    [i64, i64Const(7n)],
    [i32, i64Const(7n)],
    [f32, [0x43, 0, 0, 0, 0]],
    [v128, [0xfd, 0x0c, ...Array.from({ length: 16 }, () => 1)]],
    [funcref, [0xd0, 0x70]],
    [externref, [0xd0, 0x6f]],
    [funcref, [0xd0, 0x6f]],
    [funcref, [0xd2, 0]],
    [funcref, [0xd2, 99]],
    [i32, [0x23, 0]],
    [i32, [0x23, 99]],
    [i32, []],
    [i32, [...i32Const(1), ...i32Const(2)]],
    [i32, [...i32Const(1), ...i32Const(2), 0x6a]],
    [i32, [0x01]],
    [i32, [0x10, 0]],
    [v128, [0xfd, 0x0d]],
    [i32, unreachable],
  ]);
  const mutable = random.once(2);
  return [
    `global ${init[0]} = ${init[1].join()}`,
    { after: ({ program }) => void program.module.global(init[0], mutable, init[1]) },
  ];
};

const customs: MakeChange = (random) => {
  const name = random.pick([
    'producers',
    '',
    'é',
    '.debug_info',
    '.debug_line',
    'names',
    'name ',
    'target_features',
    'sourceMappingURL',
  ]);
  const bytes = random.list(random.pick([0, 1, 5, 40]), () => random.below(256));
  return [`custom section ${name}`, { after: ({ program }) => program.module.custom(name, bytes) }];
};

const functionCounts: MakeChange = (random) => {
  const content = random.pick<readonly number[]>([[0], [1, 0], [5, 0, 0, 0, 0, 99], sized([])]);
  const id = random.pick([3, 10]);
  return [`section ${id} is ${content.join()}`, { after: ({ raw }) => void raw.set(id, content) }];
};

export const changes: readonly (readonly [number, MakeChange])[] = [
  [5, starts],
  [1, oddStarts],
  [4, imports],
  [3, exports],
  [3, labelKinds],
  [3, globals],
  [2, customs],
  [1, functionCounts],
];
