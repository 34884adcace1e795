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
    const guesses = shown.rows.map(({ label, model: p, truth }) => probabilityRow(label, p, truth));
    table.replaceChildren(probabilityHeading("in the gap"), create("tbody", {}, ...guesses));
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

export default { render };
