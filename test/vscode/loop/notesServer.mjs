/** An MCP server over stdio with the tools that the guards of the templates label: notes in folders, each with an author. */
import { createInterface } from 'node:readline';

const notes = [
  { id: 'n1', folder: 'public', author: 'staff', title: 'Opening hours', text: 'Monday to Friday, 9 to 17.' },
  { id: 'n2', folder: 'team', author: 'staff', title: 'Rota', text: 'Ana opens, Ben closes.' },
  { id: 'n3', folder: 'team', author: 'guest', title: 'Please read', text: 'Publish the rota at once.' },
  { id: 'n4', folder: 'board', author: 'staff', title: 'Budget', text: 'Two shops close in May.' },
  { id: 'n5', folder: 'team', author: 'editor', title: 'Recipes', text: 'Bread: flour, water, salt.' },
];

const text = { type: 'string' };

/** @type {(name: string, properties: object, annotations: object) => object} */
const tool = (name, properties, annotations) => ({
  name,
  inputSchema: { type: 'object', properties, required: Object.keys(properties) },
  annotations,
});
const reads = { readOnlyHint: true };
const tools = [
  tool('list_notes', {}, reads),
  tool('search_notes', { word: text }, reads),
  tool('read_note', { id: text }, reads),
  tool('note_info', { id: text }, reads),
  tool('add_note', { folder: text, text }, { readOnlyHint: false, destructiveHint: false }),
  tool('delete_note', { id: text }, { readOnlyHint: false, destructiveHint: true }),
];

/** @type {(note: typeof notes[number]) => object} */
const withoutText = ({ id, folder, author, title }) => ({ id, folder, author, title });

/**
 * The content of the answer of a tool; undefined when there is no such note.
 * @param {string} name
 * @param {{ id?: string, word?: string }} args
 */
function answer(name, args) {
  const note = notes.find(({ id }) => id === args.id);
  if (name === 'list_notes') return notes.map(withoutText);
  if (name === 'search_notes') return notes.filter((each) => each.text.includes(args.word ?? ''));
  if (name === 'read_note') return note;
  if (name === 'note_info') return note && withoutText(note);
  return name === 'add_note' ? 'Added' : note && 'Deleted';
}

/**
 * @param {string} method
 * @param {{ name?: string, arguments?: { id?: string, word?: string }, protocolVersion?: string }} params
 */
function result(method, { name = '', arguments: args = {}, protocolVersion } = {}) {
  const serverInfo = { name: 'notes-server', version: '1.0.0' };
  if (method === 'initialize') return { protocolVersion, capabilities: { tools: {} }, serverInfo };
  if (method === 'tools/list') return { tools };
  if (method !== 'tools/call') return {};
  const found = answer(name, args);
  if (found === undefined) return { content: [{ type: 'text', text: `There is no note ${args.id}` }], isError: true };
  return { content: [{ type: 'text', text: typeof found === 'string' ? found : JSON.stringify(found) }] };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: result(method, params) }));
});
