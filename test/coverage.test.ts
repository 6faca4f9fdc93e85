/** The coverage floors name exactly the rooms, and a room below its floor is reported with both figures. */
import { describe, expect, it } from 'vitest';
import { coverageFloors } from './coverageFloors.ts';
import { roomLines, shortfalls } from './support/structure/coverage.ts';
import { repoPath } from './support/paths.ts';
import { arrows } from './support/structure/rooms.ts';

describe('coverage', () => {
  it('has a floor for every room and for nothing else', () => {
    const [rooms, floors] = [Object.keys(arrows), Object.keys(coverageFloors)];
    const missing = rooms.filter((room) => !floors.includes(room));
    expect(missing.map((room) => `${room} has no floor in test/coverageFloors.ts`)).toEqual([]);
    const stale = floors.filter((room) => !rooms.includes(room));
    expect(stale.map((room) => `${room} has a floor, but is not a room in test/support/structure/rooms.ts`)).toEqual(
      [],
    );
  });

  it('counts a file in the room with the longest path', () => {
    const lines = (total: number, covered: number) => ({ lines: { total, covered } });
    const summary = {
      total: lines(40, 30),
      [repoPath('src/core/wasm/prepare.ts')]: lines(10, 5),
      [repoPath('src/core/wasm/decode/names.ts')]: lines(20, 20),
      [repoPath('src/core/wasm/decode/decode.ts')]: lines(10, 5),
    };
    expect([...roomLines(summary, ['src/core/wasm', 'src/core/wasm/decode'])]).toEqual([
      ['src/core/wasm', { total: 10, covered: 5 }],
      ['src/core/wasm/decode', { total: 30, covered: 25 }],
    ]);
  });

  it('reports rooms below their floor, rooms without one, and no others', () => {
    const measured = new Map([
      ['low', { total: 1000, covered: 899 }],
      ['exact', { total: 10, covered: 9 }],
      ['types', { total: 0, covered: 0 }],
      ['new', { total: 2, covered: 1 }],
    ]);
    expect(shortfalls(measured, { low: 90, exact: 90, types: 100 })).toEqual([
      'low: 89.9 % of its lines run, the floor is 90 % (test/coverageFloors.ts)',
      'new: has no floor in test/coverageFloors.ts; 50 % of its lines run',
    ]);
  });
});
