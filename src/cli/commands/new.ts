/** `new`: writes a guard project that builds and replays. */
import { join, relative } from 'node:path';
import { guardLanguages, projectFiles } from '../../core/newGuard/guardProject.ts';
import { createGuardProject } from '../../engine/newGuard/createProject.ts';
import { usage } from '../base/args.ts';
import { type Command, exitCodes } from '../base/command.ts';

const languages = guardLanguages.map(({ id }) => id);

export const newGuard: Command = {
  name: 'new',
  summary: 'Write a guard project with a trace and a policy into an empty folder.',
  positions: ['DIR'],
  flags: {
    language: { kind: 'value', value: 'LANGUAGE', help: `The language of the guard: ${languages.join(', ')}` },
    name: { kind: 'value', value: 'NAME', help: 'The name of the project (default: the name of the folder)' },
  },
  async run(args, output) {
    const folder = args.position(0, 'DIR');
    const id = args.oneOf('language', languages);
    const language = guardLanguages.find((candidate) => candidate.id === id);
    if (language === undefined) throw usage('new', `Missing --language (${languages.join(', ')})`);
    const templates = join(__dirname, '..', 'media', 'templates');
    const made = await createGuardProject({ templates, folder, language, name: args.value('name') });
    await output.line(`Wrote the guard "${made.name}" (${language.title}) to ${made.folder}:`);
    for (const file of made.files) await output.line(`  ${file}`);
    await output.line('');
    await output.line(`Next, with ${language.needs}:`);
    const { trace, policy } = projectFiles;
    const replay = `guardscope replay ${trace} --guard ${language.guard} --policy ${policy}`;
    const steps = [...stepInto(made.folder), ...language.prepare, ...language.build, replay, 'guardscope test'];
    for (const step of steps) await output.line(`  ${step}`);
    return exitCodes.fine;
  },
};

/** The command that goes to the folder; none for the folder that the shell is in. */
function stepInto(folder: string): readonly string[] {
  const here = relative(process.cwd(), folder);
  if (here === '') return [];
  const path = here.startsWith('..') ? folder : here;
  return [`cd ${/^[\w./\\:-]+$/.test(path) ? path : `"${path}"`}`];
}
