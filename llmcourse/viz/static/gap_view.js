// A story whose words can be hidden. A click on a word hides it; a click on a gap asks about it, a second one fills it.
// Python computes; `shown` is what it computed last: {words: [{text, hidden, guess}], chosen, rows: [{label, model, truth}], note}.

function render({ model, el }) {
  const restart = create("button", { type: "button", onclick: () => ask({ do: "restart" }) }, "Start again");
  const message = messageLine();
  const story = create("p", { class: "story" });
  const table = create("table");
  const note = create("p", { class: "help", "aria-live": "polite" });
  const root = create("section", { class: "llmcourse", "aria-label": "Fill in the blank" },
    story,
    message.element,
    table,
    note,
    create("div", { class: "controls" }, restart),
  );

  function ask(request) {
    message.waiting();
    model.send(request);
  }

  function draw() {
    const shown = model.get("shown");
    message.show(shown.message);
    note.textContent = shown.note;
    const focused = [...story.children].indexOf(document.activeElement);
    story.replaceChildren(...shown.words.map((word, place) =>
      wordButton(word, place === shown.chosen, () => ask({ do: "click", place }))));
    if (focused >= 0) story.children[focused]?.focus(); // so that the keyboard can go on from here
    table.replaceChildren(heading(), create("tbody", {}, ...shown.rows.map(guessRow)));
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

function wordButton({ text, hidden, guess }, chosen, click) {
  const kind = hidden ? (chosen ? "gap chosen" : "gap") : "";
  const says = hidden ? `gap, first guess ${guess}${chosen ? ", asked about below" : ""}` : `${text}: hide it`;
  return create("button", { type: "button", class: kind, "aria-label": says, "aria-pressed": String(hidden), onclick: click },
    hidden ? `▆ ${guess} ?` : text);
}

function heading() {
  const swatch = (kind) => create("span", { class: `swatch ${kind}` });
  return create("thead", {}, create("tr", {},
    create("th", { scope: "col" }, "in the gap"),
    create("th", { scope: "col" }, swatch("model"), " model"),
    create("th", { scope: "col" }, swatch("truth"), " world, exact"),
    create("td", {}),
  ));
}

function guessRow({ label, model, truth }) {
  const bar = (kind, value) => create("span", { class: `probability ${value > 0 ? kind : "none"}`, style: `width: ${100 * value}%` });
  return create("tr", {},
    create("th", { scope: "row" }, label),
    create("td", { class: "value" }, percent(model)),
    create("td", { class: "value" }, truth === null ? "–" : percent(truth)),
    create("td", { class: "bars", "aria-hidden": "true" }, bar("model", model), bar("truth", truth)),
  );
}

export default { render };
