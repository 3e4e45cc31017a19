/** A long history in messages that each side deals with at once. */
import { digestOf } from "../../shared/digest";
import { DIGESTS } from "../../shared/history";
import type { Entry } from "../../shared/protocol";

/** As much as a view reads and draws within a frame. */
const BATCH_BYTES = 512 * 1024;

/** The newest first; each batch has one at least. */
export function* batches(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let batch: Entry[] = [];
  let size = 0;
  for (const entry of entries.toReversed()) {
    const its = DIGESTS.weight({ ...entry, digest: digestOf(entry.snapshot) });
    if (batch.length > 0 && size + its > BATCH_BYTES) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(entry);
    size += its;
  }
  if (batch.length > 0) yield batch;
}
