/** The error numbers of WASI preview 1 that wazero returns to a guard (wazero spec 7). */

/** Error number by name. */
export const errno = {
  success: 0,
  badf: 8,
  fault: 21,
  inval: 28,
  nametoolong: 37,
  nosys: 52,
  notdir: 54,
  notsup: 58,
  perm: 63,
} as const;
