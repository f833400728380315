// What a peer is told about a frame that cannot be read.

import type { FrameViolation } from "../codec/frame_reader.ts";
import { LENGTH_MIN } from "../limits/wire.ts";

/** @param lengthMax The most the length field may say in this state. */
export function violationMessage(violation: FrameViolation, lengthMax: number): string {
  switch (violation) {
    case "bad_length":
      return `The length of a frame is at least ${LENGTH_MIN}`;
    case "frame_too_large":
      return `The length of a frame is at most ${lengthMax} here`;
    case "unknown_type":
      return "The type of the frame is none of this protocol";
  }
}
