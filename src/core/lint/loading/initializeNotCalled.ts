/** Rule `lint/initialize-not-called`: a reactor, whose `_initialize` the gateway does not call (gateway spec 1.2). */
import type { Problem } from '../../base/parsed.ts';
import type { ModuleOutline } from './moduleOutline.ts';

export function initializeNotCalled({ functions, madeBy }: ModuleOutline): readonly Problem[] {
  if (!functions.has('_initialize')) return [];
  const isGo = /\bgo\b|tinygo/.test(madeBy);
  return [
    {
      severity: 'warning',
      code: 'lint/initialize-not-called',
      message: `The module exports "_initialize", which the gateway does not call: ${isGo ? 'the Go runtime is not started, so the first call fails' : 'its global constructors do not run'}`,
      hint: isGo
        ? 'Call _initialize once at the beginning of label_agent, or compile so that no reactor is made'
        : 'Call what _initialize does at the beginning of label_agent, or link without a reactor (for example without -mexec-model=reactor)',
    },
  ];
}
