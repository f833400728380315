// The files of the dashboard as texts: embedded in the executable, and nothing is read from disk when somebody asks.

import page from "./index.html" with { type: "text" };
import baseStyle from "./base.css" with { type: "text" };
import pageStyle from "./page.css" with { type: "text" };
import icon from "./icon.svg" with { type: "text" };
import actions from "./actions.js" with { type: "text" };
import api from "./api.js" with { type: "text" };
import closed from "./closed.js" with { type: "text" };
import dialogs from "./dialogs.js" with { type: "text" };
import distributions from "./distributions.js" with { type: "text" };
import dom from "./dom.js" with { type: "text" };
import events from "./events.js" with { type: "text" };
import filter from "./filter.js" with { type: "text" };
import format from "./format.js" with { type: "text" };
import history from "./history.js" with { type: "text" };
import list from "./list.js" with { type: "text" };
import main from "./main.js" with { type: "text" };
import metrics from "./metrics.js" with { type: "text" };
import overview from "./overview.js" with { type: "text" };
import panel from "./panel.js" with { type: "text" };
import plot from "./plot.js" with { type: "text" };
import sessions from "./sessions.js" with { type: "text" };
import workers from "./workers.js" with { type: "text" };

/** The page itself. */
export const PAGE: string = page;

/** What it loads, by the name it has here. */
export const FILES: Readonly<Record<string, string>> = {
  "base.css": baseStyle,
  "page.css": pageStyle,
  "icon.svg": icon,
  "actions.js": actions,
  "api.js": api,
  "closed.js": closed,
  "dialogs.js": dialogs,
  "distributions.js": distributions,
  "dom.js": dom,
  "events.js": events,
  "filter.js": filter,
  "format.js": format,
  "history.js": history,
  "list.js": list,
  "main.js": main,
  "metrics.js": metrics,
  "overview.js": overview,
  "panel.js": panel,
  "plot.js": plot,
  "sessions.js": sessions,
  "workers.js": workers,
};
