/** The entry point of the command line: wiring only. It starts when it is loaded, because the launcher of taps loads it with `require`. */
import { acceptInheritedFiles } from '../engine/files/regularFile.ts';
import { Output } from './base/output.ts';
import { runCommandLine } from './commandLine.ts';

acceptInheritedFiles();

const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

void runCommandLine(process.argv.slice(2), new Output(process.stdout, process.stderr, colour)).then((code) => {
  process.exitCode = code;
});
