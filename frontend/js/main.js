// Scripts of every page. Pages work without them; with them they are quicker.
import "htmx.org";
import "./asking.js";
import "./failing.js";
import "./filling.js";
import "./menus.js";
import "./scrolling.js";
import "./sending.js";
import "./suggesting.js";
