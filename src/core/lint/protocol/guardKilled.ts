/** Rule `lint/guard-killed`: the call after which the gateway uses the guard no more (gateway spec 1.8). */
import type { ProtocolRule } from './protocolRule.ts';

export const guardKilled: ProtocolRule = ({ function: name, poisoned, attempts, error }) => {
  if (!poisoned || attempts.length === 0 || error === null) return [];
  const [what = ''] = error.replace('WASM function call failed: ', '').split('\n');
  return [
    {
      severity: 'warning',
      code: 'lint/guard-killed',
      message: `This call killed the guard: ${name} ended with "${what}", so the gateway refuses every later call of every session`,
      hint: `In production the guard stays unavailable until the gateway is restarted. ${advice(what)}`,
    },
  ];
};

function advice(what: string): string {
  if (what.includes('context deadline')) return 'Return before the time of a tool call ends (60 s by default)';
  if (what.includes('exit_code')) return 'Return -1 instead of calling exit';
  return 'Return -1 for input that the guard cannot handle instead of ending with a trap';
}
