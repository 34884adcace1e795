// The attention explorer: a text, a layer and a head to choose, and the weights as a heat map that one can read row by row.
// Python computes; `shown` is what it computed last: {text, layer, head, tokens, rows, links, message}.

const VIRIDIS = [
  [68, 1, 84], [71, 45, 123], [59, 82, 139], [44, 114, 142], [33, 145, 140],
  [40, 174, 128], [94, 201, 98], [173, 220, 48], [253, 231, 37],
]; // prettier-ignore

// The colour of a share between 0 (dark) and 1 (bright).
function viridis(share) {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const below = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const mix = VIRIDIS[below].map((from, i) => Math.round(from + (place - below) * (VIRIDIS[below + 1][i] - from)));
  return `rgb(${mix.join(",")})`;
}

function numbersUpTo(n) {
  return Array.from({ length: n }, (_, i) => create("option", { value: i }, String(i)));
}

function render({ model, el }) {
  let row = null; // the token whose row is read out
  let linksOn = true;

  const text = create("textarea", { rows: 2, spellcheck: "false", oninput: () => sendText(), onchange: () => sendText.now() });
  text.value = model.get("text");
  const layer = create("select", { onchange: () => send("layer", Number(layer.value)) }, ...numbersUpTo(model.get("n_layers")));
  const head = create("select", { onchange: () => send("head", Number(head.value)) }, ...numbersUpTo(model.get("n_heads")));
  const links = create("input", { type: "checkbox", onchange: () => { linksOn = links.checked; draw(); } });
  links.checked = true;
  const linksField = labelled("Outline the story's true links", links);
  const message = messageLine();
  const map = create("div", { class: "map" });
  const reading = create("div", { class: "reading", "aria-live": "polite" });
  const root = create("section", { class: "llmcourse", "aria-label": "Attention explorer" },
    create("div", { class: "controls wide" }, labelled("Text", text)),
    create("div", { class: "controls" }, labelled("Layer", layer), labelled("Head", head), linksField),
    message.element,
    create("div", { class: "columns" }, map, reading),
  );

  const sendText = afterPause(() => send("text", text.value));

  function send(name, value) {
    if (model.get(name) === value) return;
    message.waiting();
    model.set(name, value);
    model.save_changes();
  }

  function chooseRow(index) {
    const { tokens } = model.get("shown");
    row = Math.min(Math.max(index, 0), tokens.length - 1);
    draw();
  }

  function onKey(event) {
    const step = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    chooseRow(row + step);
  }

  function draw() {
    const shown = model.get("shown");
    const old = shown.message && shown.tokens.length > 0;
    message.show(old ? `${shown.message}. Below is the last text that could be read.` : shown.message);
    if (!text.matches(":focus")) text.value = shown.text; // never change what is being typed
    layer.value = shown.layer;
    head.value = shown.head;
    linksField.hidden = shown.links.length === 0;
    if (row === null || row >= shown.tokens.length) row = shown.tokens.length - 1;
    const hadFocus = map.querySelector(":focus") !== null;
    map.replaceChildren();
    reading.replaceChildren();
    if (shown.tokens.length === 0) return;
    const outlined = linksOn ? shown.links : [];
    map.append(heatMap(shown, outlined, row, chooseRow, onKey));
    reading.append(...readRow(shown, outlined, row));
    if (hadFocus) map.querySelector("svg").focus(); // the picture is new, and the arrow keys go on working
  }

  const stopTheme = followTheme(root);
  model.on("change:shown", draw);
  draw();
  el.append(root);
  return () => {
    stopTheme();
    model.off("change:shown", draw);
  };
}

// Rows look, columns are looked at. Cells that a mask forbids (null) are left empty.
function heatMap({ tokens, rows, layer, head }, links, chosen, chooseRow, onKey) {
  const n = tokens.length;
  const cell = n <= 12 ? 34 : n <= 30 ? 22 : 16;
  const font = n <= 30 ? 14 : 12;
  const room = 14 + Math.max(...tokens.map((token) => token.length)) * font * 0.62; // for the labels
  const top = Math.max(...rows.flat().filter((weight) => weight !== null), 0.001);
  const side = room + n * cell + 8;
  const svg = create("svg", {
    width: side, height: side + 26, viewBox: `0 0 ${side} ${side + 26}`, tabindex: 0, role: "group", onkeydown: onKey,
    "aria-label": `Layer ${layer}, head ${head}: weights of ${n} tokens. Arrow keys choose the token that looks.`,
  }); // prettier-ignore
  const at = (index) => room + index * cell;

  tokens.forEach((token, i) => {
    const bold = i === chosen ? "bold" : "normal";
    const label = { "font-size": font, "font-weight": bold, class: "token", onclick: () => chooseRow(i) };
    const middle = 8 + (i + 0.5) * cell;
    svg.append(create("text", { ...label, x: room - 8, y: middle, "text-anchor": "end", "dominant-baseline": "central" }, token));
    const under = `translate(${at(i + 0.5)} ${n * cell + 16}) rotate(-90)`;
    svg.append(create("text", { "font-size": font, transform: under, "text-anchor": "end", "dominant-baseline": "central" }, token));
  });
  rows.forEach((weights, query) => {
    const line = create("g", { onclick: () => chooseRow(query) });
    weights.forEach((weight, key) => {
      if (weight === null) return;
      const box = { x: at(key), y: 8 + query * cell, width: cell + 0.5, height: cell + 0.5, fill: viridis(weight / top) };
      line.append(create("rect", box, create("title", {}, `${tokens[query]} → ${tokens[key]}: ${weight.toFixed(3)}`)));
    });
    svg.append(line);
  });
  for (const [query, key] of links) {
    const box = { x: at(key) + 1, y: 9 + query * cell, width: cell - 2, height: cell - 2, fill: "none" };
    svg.append(create("rect", { ...box, stroke: "white", "stroke-width": 5 }), create("rect", { ...box, class: "link", stroke: "black", "stroke-width": 2.5 }));
  }
  svg.append(create("rect", { x: at(0) - 1, y: 7 + chosen * cell, width: n * cell + 2, height: cell + 2, class: "chosen" }));
  return create("div", {}, svg, scale(top));
}

function scale(top) {
  const colours = VIRIDIS.map((colour) => `rgb(${colour.join(",")})`).join(",");
  const bar = create("span", { class: "bar", style: `background: linear-gradient(to right, ${colours})` });
  return create("div", { class: "scale" }, "weight 0 ", bar, ` ${top.toFixed(2)} (the largest here). Rows look, columns are looked at.`);
}

// The chosen token's row in words and bars, largest weight first.
function readRow({ tokens, rows }, links, row) {
  const weights = rows[row].map((weight, key) => ({ key, weight: weight ?? 0 }));
  const best = weights.sort((a, b) => b.weight - a.weight || a.key - b.key).slice(0, 6).filter(({ weight }) => weight >= 0.005);
  const items = best.map(({ key, weight }) => {
    const linked = links.some(([query, target]) => query === row && target === key) ? " ◀ true link" : "";
    return create("li", {},
      create("span", { class: "word" }, `${tokens[key]}${linked}`),
      create("span", { class: "value" }, percent(weight)),
      create("span", { class: "track" }, create("span", { class: "fill", style: `width: ${100 * weight}%` })),
    );
  });
  return [
    create("h4", {}, `“${tokens[row]}” looks at`),
    create("ol", {}, ...items),
    create("p", { class: "help" }, "Click another row, or use the arrow keys ↑ ↓ in the picture."),
  ];
}

export default { render };
