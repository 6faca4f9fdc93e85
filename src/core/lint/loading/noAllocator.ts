/** Rule `lint/no-allocator`: a guard without `alloc` and `dealloc`, whose memory the gateway uses at its end (gateway spec 1.5 and 1.6). */
import type { Problem } from '../../base/parsed.ts';
import type { ModuleOutline } from './moduleOutline.ts';

export function noAllocator({ functions }: ModuleOutline): readonly Problem[] {
  const missing = ['alloc', 'dealloc'].filter((name) => !functions.has(name));
  if (missing.length === 0) return [];
  const what =
    missing.length === 2
      ? 'neither "alloc" nor "dealloc"'
      : `"${missing[0] === 'alloc' ? 'dealloc' : 'alloc'}" without "${missing[0] ?? ''}"`;
  return [
    {
      // One of the two alone is a mistake; without both, many guards work.
      severity: missing.length === 1 ? 'warning' : 'info',
      code: 'lint/no-allocator',
      message: `The module exports ${what}, so the gateway writes input and output at the end of the memory, where they may overlap data of the guard`,
      hint: 'Export alloc(size) -> pointer and dealloc(pointer, size); the gateway warns of the overlap at the first call',
    },
  ];
}
