/** The gateway's sentences about a configuration that more than one check says (gateway `internal/config/validation_errors.go`). */

/** Its two lines about a bad value. */
export function configurationFault(path: string, message: string, suggestion: string): string {
  return `Configuration error at ${path}: ${message}\nSuggestion: ${suggestion}`;
}

/** About a whole number that is too small. */
export function tooSmall(path: string, field: string, least: number, value: number): string {
  return configurationFault(
    path,
    `${field} must be at least ${least}, got ${value}`,
    `Use a value of at least ${least} seconds`,
  );
}
