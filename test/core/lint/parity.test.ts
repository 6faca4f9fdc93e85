/** What lint says about the answers of the parity cases, which try the borders of the gateway's decoders: each finding is listed and true. */
import { expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../../src/core/base/json.ts';
import { expectGolden } from '../../support/golden.ts';
import { parityCases } from '../../support/records/parity.ts';
import { type Answers, lintOf } from './lintedCall.ts';

const functions = ['label_agent', 'label_resource', 'label_response'] as const;

it('finds in the parity cases exactly what the list has', () => {
  const lines: string[] = [];
  let steps = 0;
  for (const { name, steps: all } of parityCases(['label-agent', 'label-resource', 'label-response'])) {
    for (const step of all) {
      const called = functions.find((one) => one === step['op']);
      const backend: JsonValue = step['backend'] ?? null;
      const given = Array.isArray(backend) ? (backend as readonly JsonValue[])[0] : null;
      if (called === undefined || !isJsonObject(given) || given['result'] === undefined) continue;
      steps++;
      const answers: Answers = { [called]: given['result'], result: step['result'] ?? {} };
      for (const { code, message } of lintOf(answers)) {
        lines.push(`${name} ${JSON.stringify(given['result'])}\n    ${code}: ${message}`);
      }
    }
  }
  expect(steps).toBeGreaterThan(80);
  expectGolden('lint-parity', `${lines.join('\n')}\n`);
});
