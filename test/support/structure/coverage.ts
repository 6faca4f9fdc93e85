/** Compares the measured line coverage of each room with its floor; `npm run coverage` runs this file after the tests. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coverageFloors } from '../../coverageFloors.ts';
import { repoPath } from '../paths.ts';
import { arrows } from './rooms.ts';

/** Lines of one file as the reporter `json-summary` of vitest writes them, by absolute path; `total` is the sum of all. */
export type CoverageSummary = Readonly<Record<string, { readonly lines: LineCount }>>;

/** Executable lines, and those of them that ran. */
export interface LineCount {
  readonly total: number;
  readonly covered: number;
}

/** Sums the lines of each room; a file belongs to the room with the longest matching path, as in `arrows`. */
export function roomLines(summary: CoverageSummary, rooms: readonly string[]): ReadonlyMap<string, LineCount> {
  const sums = new Map<string, LineCount>(rooms.map((room) => [room, { total: 0, covered: 0 }]));
  for (const [file, { lines }] of Object.entries(summary)) {
    const path = relative(repoPath('.'), file);
    const [room] = rooms.filter((each) => path.startsWith(`${each}/`)).sort((a, b) => b.length - a.length);
    const sum = room === undefined ? undefined : sums.get(room);
    if (room === undefined || sum === undefined) continue;
    sums.set(room, { total: sum.total + lines.total, covered: sum.covered + lines.covered });
  }
  return sums;
}

/** One sentence for each room below its floor: the room, its coverage and the floor. */
export function shortfalls(
  measured: ReadonlyMap<string, LineCount>,
  floors: Readonly<Record<string, number>>,
): readonly string[] {
  return [...measured].flatMap(([room, lines]) => {
    const floor = floors[room];
    if (floor === undefined)
      return [`${room}: has no floor in test/coverageFloors.ts; ${percent(lines)} % of its lines run`];
    if (percent(lines) >= floor) return [];
    return [`${room}: ${percent(lines)} % of its lines run, the floor is ${floor} % (test/coverageFloors.ts)`];
  });
}

/** Percentage with one digit, rounded down; a room without executable lines (types only) has 100. */
function percent({ total, covered }: LineCount): number {
  return total === 0 ? 100 : Math.floor((covered / total) * 1000) / 10;
}

function main(): void {
  const text = readFileSync(repoPath('coverage/coverage-summary.json'), 'utf8');
  const measured = roomLines(JSON.parse(text) as CoverageSummary, Object.keys(arrows));
  for (const [room, lines] of measured) {
    console.log(
      `${room.padEnd(32)} ${percent(lines).toFixed(1).padStart(6)} %   floor ${coverageFloors[room] ?? '?'} %`,
    );
  }
  const failures = shortfalls(measured, coverageFloors);
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
