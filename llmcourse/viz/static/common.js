// What the widgets share. A widget's module is this file followed by its own: nothing is imported, nothing is fetched.

const SVG = "http://www.w3.org/2000/svg";

// create("button", { type: "button", onclick: f }, "Undo"): an element with attributes, listeners and children.
function create(name, attributes = {}, ...children) {
  const element = ["svg", "g", "rect", "text", "title"].includes(name)
    ? document.createElementNS(SVG, name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

let created = 0;

// A label and its control, tied together for screen readers.
function labelled(text, control) {
  control.id = `llmcourse-${++created}-${Math.random().toString(36).slice(2)}`;
  return create("span", { class: "field" }, create("label", { for: control.id }, text), control);
}

// Light or dark text, whichever can be read on the page that the widget is in, also after the theme is changed.
function followTheme(root) {
  const update = () => {
    let behind = root.parentElement;
    let colour = [255, 255, 255];
    while (behind) {
      const parts = getComputedStyle(behind).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
      if (parts.length === 3 || parts[3] > 0) {
        colour = parts;
        break;
      }
      behind = behind.parentElement;
    }
    const lightness = (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255;
    root.dataset.theme = lightness < 0.5 ? "dark" : "light";
  };
  const observer = new MutationObserver(() => requestAnimationFrame(update));
  for (const page of [document.documentElement, document.body]) observer.observe(page, { attributes: true });
  requestAnimationFrame(update); // the element is in the page only after render() has returned
  return () => observer.disconnect();
}

// Calls `action` once the calls have stopped for a while: after typing, not at every letter.
function afterPause(action, milliseconds = 500) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
  later.now = () => {
    clearTimeout(timer);
    action();
  };
  return later;
}

// Shows what Python says, and says so itself when Python does not answer: without a kernel nothing can be computed.
function messageLine() {
  const element = create("p", { class: "message", role: "status" });
  let timer;
  return {
    element,
    waiting() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        element.textContent = "No answer yet. Is the kernel running, and not busy? If it was restarted, run this cell again.";
      }, 5000);
    },
    show(text) {
      clearTimeout(timer);
      element.textContent = text;
    },
  };
}

// A table of probabilities: what stands before each row, the model's and the exact one in per cent, and both as bars.
function probabilityHeading(first) {
  const swatch = (kind) => create("span", { class: `swatch ${kind}` });
  return create("thead", {}, create("tr", {},
    create("th", { scope: "col" }, first),
    create("th", { scope: "col" }, swatch("model"), " model"),
    create("th", { scope: "col" }, swatch("truth"), " world, exact"),
    create("td", {}),
  ));
}

function probabilityRow(first, model, truth) {
  const bar = (kind, value) => create("span", { class: `probability ${value > 0 ? kind : "none"}`, style: `width: ${100 * value}%` });
  return create("tr", {},
    create("th", { scope: "row" }, first),
    create("td", { class: "value" }, percent(model)),
    create("td", { class: "value" }, truth === null ? "–" : percent(truth)),
    create("td", { class: "bars", "aria-hidden": "true" }, bar("model", model), bar("truth", truth)),
  );
}

function percent(value) {
  if (value <= 0) return "0";
  if (value < 0.01) return "<1%";
  return `${Math.min(Math.round(100 * value), value < 0.9995 ? 99 : 100)}%`;
}
