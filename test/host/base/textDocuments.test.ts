/** Virtual documents: what a tab shows, and what it shows after its text was dropped. */
import { beforeEach, expect, it, vi } from 'vitest';
import { showText, textDocuments, textUri } from '../../../src/host/base/textDocuments.ts';
import { fakeServices } from '../../support/vscode/hostServices.ts';
import { fake, resetVscode, Uri } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

beforeEach(() => {
  resetVscode();
  textDocuments(fakeServices().services);
});

function content(uri: { readonly scheme: string; readonly path: string }): unknown {
  return fake.contentProviders.get(uri.scheme)?.provideTextDocumentContent(Uri.from(uri));
}

it('opens a text in a preview tab whose title has no path', async () => {
  await showText('call 3/result.json', '{"a":1}');
  expect(fake.opened).toMatchObject([{ options: { preview: true } }]);
  const [{ uri } = { uri: Uri.file('/none') }] = fake.opened;
  expect(uri.path).toBe('/call 3-result.json');
  expect(content(uri)).toBe('{"a":1}');
});

it('gives each text its own URI, so that an editor does not show a cached one', () => {
  const [first, second] = [textUri('before/a.json', '1'), textUri('before/a.json', '2')];
  expect(first.toString()).not.toBe(second.toString());
  expect(content(second)).toBe('2');
});

it('keeps the newest fifty texts, and the tab of an older one explains that', () => {
  const uris = Array.from({ length: 51 }, (_, index) => textUri(`many/${index}.txt`, `text ${index}`));
  const [oldest, next] = uris;
  expect(content(oldest ?? Uri.file('/none'))).toBe('This text is no longer available. Open it again from the panel.');
  expect(content(next ?? Uri.file('/none'))).toBe('text 1');
});
