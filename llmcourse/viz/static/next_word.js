// What comes next: the model's probabilities beside the world's exact ones. Clicking a word appends it.
// Python computes; `shown` is what it computed last: {prompt, rows: [{word, label, model, truth, ends}], note, message}.

function render({ model, el }) {
  const prompt = create("textarea", { rows: 2, spellcheck: "false", oninput: () => sendPrompt(), onchange: () => sendPrompt.now() });
  prompt.value = model.get("prompt");
  const undo = create("button", { type: "button", onclick: () => ask({ do: "undo" }) }, "Take back a word");
  const restart = create("button", { type: "button", onclick: () => ask({ do: "restart" }) }, "Start again");
  const message = messageLine();
  const table = create("table");
  const note = create("p", { class: "help", "aria-live": "polite" });
  const root = create("section", { class: "llmcourse", "aria-label": "The next word" },
    create("div", { class: "controls wide" }, labelled("The story so far", prompt)),
    create("div", { class: "controls" }, undo, restart),
    message.element,
    table,
    note,
  );

  const sendPrompt = afterPause(() => {
    if (prompt.value === model.get("prompt")) return;
    message.waiting();
    model.set("prompt", prompt.value);
    model.save_changes();
  });

  function ask(request) {
    message.waiting();
    model.send(request);
  }

  function draw() {
    const shown = model.get("shown");
    message.show(shown.message);
    note.textContent = shown.note;
    if (!prompt.matches(":focus")) prompt.value = shown.prompt; // never change what is being typed
    const hadFocus = table.querySelector(":focus") !== null;
    const words = shown.rows.map((row) => wordRow(row, () => ask({ do: "append", word: row.word })));
    table.replaceChildren(heading(), create("tbody", {}, ...words));
    if (hadFocus) table.querySelector("button:enabled")?.focus(); // so that the keyboard can go on choosing
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

function heading() {
  const swatch = (kind) => create("span", { class: `swatch ${kind}` });
  return create("thead", {}, create("tr", {},
    create("th", { scope: "col" }, "next word"),
    create("th", { scope: "col" }, swatch("model"), " model"),
    create("th", { scope: "col" }, swatch("truth"), " world, exact"),
    create("td", {}),
  ));
}

function wordRow({ label, model, truth, ends }, append) {
  const button = ends
    ? create("span", {}, label)
    : create("button", { type: "button", class: "word", title: "append to the story", onclick: append }, label);
  const bar = (kind, value) => create("span", { class: `probability ${value > 0 ? kind : "none"}`, style: `width: ${100 * value}%` });
  return create("tr", {},
    create("th", { scope: "row" }, button),
    create("td", { class: "value" }, percent(model)),
    create("td", { class: "value" }, truth === null ? "–" : percent(truth)),
    create("td", { class: "bars", "aria-hidden": "true" }, bar("model", model), bar("truth", truth)),
  );
}

export default { render };
