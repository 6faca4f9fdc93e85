/** Sentences of the gateway that several checks use (gateway `internal/config/validation_errors.go`). */

/** The gateway's two lines about a bad value. */
export function configurationFault(path: string, message: string, suggestion: string): string {
  return `Configuration error at ${path}: ${message}\nSuggestion: ${suggestion}`;
}

/** The text about a number that is too small. */
export function tooSmall(path: string, field: string, least: number, value: number): string {
  return configurationFault(
    path,
    `${field} must be at least ${least}, got ${value}`,
    `Use a value of at least ${least} seconds`,
  );
}
