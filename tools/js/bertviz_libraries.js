// What bertviz's pages expect to find on `window`, made of a few small libraries instead of CDN downloads.
//
// bertviz asks RequireJS for jQuery and d3 (version 5: with 7 its mouse handlers get other arguments).
// We bundle only the d3 functions that it calls, and cash-dom, a small library with jQuery's interface.

import $ from "cash-dom";
import { hsl } from "d3-color";
import { scaleOrdinal } from "d3-scale";
import { select, selectAll } from "d3-selection";
import { line } from "d3-shape";

// bertviz colours heads and layers with d3's schemeCategory10, whose red and green look alike to many readers.
// These ten keep apart under colour blindness: Okabe and Ito's (without yellow, too pale on white), then three more.
const schemeCategory10 = [
  "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
  "#56b4e9", "#000000", "#7a4fa3", "#8c6d31", "#7f7f7f",
];

$.fn.change = function () {
  return this.trigger("change"); // the one jQuery method that bertviz uses and cash-dom lacks
};

window.$ = $;
window.d3 = { version: "5 (selected functions)", hsl, line, scaleOrdinal, schemeCategory10, select, selectAll };

// RequireJS, as far as bertviz uses it: nothing to configure, nothing to fetch.
window.require = { config() {} };
window.requirejs = (names, callback) => callback(window.$, window.d3);
