/** A gate together with what it owns. */
import type { Gate } from './gate.ts';

/** The gate; closing it closes `other` behind it. */
export function closingBoth(gate: Gate, other: { close(): Promise<void> }): Gate {
  return {
    fromClient: (message, exchange) => gate.fromClient(message, exchange),
    fromServer: (message, exchange) => gate.fromServer(message, exchange),
    passesUnseen: () => gate.passesUnseen(),
    tooLong: (exchange) => gate.tooLong(exchange),
    paramHeaders: (message) => gate.paramHeaders(message),
    named: () => gate.named(),
    settled: () => gate.settled(),
    undecided: () => gate.undecided(),
    close: async (hurry) => {
      await gate.close(hurry);
      await other.close();
    },
  };
}
