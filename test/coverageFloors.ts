/**
 * The least share of lines, in percent, that unit tests must run in each room. Only lines that run in the test's own process are counted:
 * the bundles of the worker, the recorder and the command line run in others, so those rooms look lower than they are.
 */
export const coverageFloors: Readonly<Record<string, number>> = {};
