/** The payload settings of a configuration, with the gateway's defaults for absent keys (gateway spec 3.15). */
import { defaultPayload, type PayloadSettings } from '../../difc/monitor/payloadSettings.ts';

/** `threshold` null or 0, and an empty folder, mean that the key is absent. */
export function payloadFrom(threshold: number | null, folder: string, pathPrefix: string): PayloadSettings {
  return {
    threshold: threshold === null || threshold === 0 ? defaultPayload.threshold : threshold,
    folder: folder === '' ? defaultPayload.folder : folder,
    pathPrefix,
  };
}
