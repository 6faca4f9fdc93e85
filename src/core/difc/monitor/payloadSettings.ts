/** When the gateway puts an answer into a file (gateway `internal/middleware/jqschema.go`, spec 3.15). */

/** When an answer goes into a file, and how the client learns its path. */
export interface PayloadSettings {
  /** `payload_size_threshold`: the largest answer, in bytes of its JSON, that the client gets. */
  readonly threshold: number;
  /** `payload_dir`: the folder of the files. */
  readonly folder: string;
  /** `payload_path_prefix`: what stands in the client's path instead of the folder; empty for the folder itself. */
  readonly pathPrefix: string;
}

/** The gateway's defaults (gateway `internal/config/config_core.go`). */
export const defaultPayload: PayloadSettings = { threshold: 524_288, folder: '/tmp/jq-payloads', pathPrefix: '' };
