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
    table.replaceChildren(probabilityHeading("next word"), create("tbody", {}, ...words));
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

function wordRow({ label, model, truth, ends }, append) {
  const button = ends
    ? create("span", {}, label)
    : create("button", { type: "button", class: "word", title: "append to the story", onclick: append }, label);
  return probabilityRow(button, model, truth);
}

export default { render };
