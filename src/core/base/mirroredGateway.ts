/** The gateway whose behaviour Guardscope reproduces. */

/** Name and snapshot, as in the first lines of the gateway specification (`src/docs/spec/gateway.md`). */
export const mirroredGateway = { name: 'gh-aw-mcpg', snapshot: '22 August 2026' } as const;
