// The name of a group in a path.

import { z } from "@hono/zod-openapi";
import { isGroupName } from "../messaging/groups.ts";

export const GroupName = z.object({
  name: z.string().refine(isGroupName, "Must have 1 to 255 bytes"),
});
