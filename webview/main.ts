/** Entry point of both views, which share their widgets: the page says which one it shows. */
import { openComposer } from './compose/openComposer.tsx';
import { openPanel } from './openPanel.tsx';

const root = document.getElementById('root');
if (root?.dataset['view'] === 'compose') openComposer(root);
else if (root !== null) openPanel(root);
