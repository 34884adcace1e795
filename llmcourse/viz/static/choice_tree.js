// A tree of choices. A click on a word opens or closes what comes after it; the text so far and its probability stand above.
// Everything is in `tree`: nodes {w: word, p: the model's probability, q: the world's (0: no story goes on so), c: [nodes]}.

function render({ model, el }) {
  const story = create("p", { class: "story" });
  const chance = create("p", { class: "help", role: "status" });
  const list = create("ul", { class: "choices" });
  const root = create("section", { class: "llmcourse", "aria-label": "The tree of choices" },
    story,
    chance,
    create("div", { class: "controls" }, create("button", { type: "button", onclick: () => draw() }, "Close all")),
    list,
  );

  // What has been chosen: the words from the beginning to a node, and the product of their probabilities.
  function tell(path) {
    const words = path.map((node) => node.w).join(" ");
    story.replaceChildren(`${model.get("prompt")} `, create("strong", {}, words));
    const p = path.reduce((product, node) => product * node.p, 1);
    const wrong = path.find((node) => node.q === 0);
    const verdict = wrong ? ` ✗ No story of the world goes on with “${wrong.w}” there.` : "";
    chance.textContent = path.length
      ? `${path.length === 1 ? "This word has" : `These ${path.length} words together have`} a probability of ${percent(p)}.${verdict}`
      : "Open a word to see what may come after it.";
  }

  function branch(node, before) {
    const path = [...before, node];
    const wrong = node.q === 0;
    const known = node.q === null ? "" : wrong ? ", no story goes on so" : `, world ${percent(node.q)}`;
    const below = create("ul", { class: "choices" });
    const leaf = node.c.length === 0;
    const button = create("button", {
      type: "button", class: wrong ? "choice wrong" : "choice", "aria-expanded": leaf ? null : "false",
      "aria-label": `${node.w}, ${percent(node.p)}${known}`, onclick: toggle,
    }); // prettier-ignore
    const sign = create("span", { class: "sign", "aria-hidden": "true" }, leaf ? "•" : "▸");
    const bar = create("span", { class: "probability model", style: `width: ${Math.round(120 * node.p)}px` });
    button.append(sign, create("span", { class: "word" }, node.w), create("span", { class: "value" }, percent(node.p)), bar);
    if (node.q !== null) button.append(create("span", { class: "verdict" }, wrong ? "✗ no story goes on so" : `world ${percent(node.q)}`));

    function toggle() {
      tell(path);
      if (leaf) return;
      const open = below.childElementCount === 0;
      button.setAttribute("aria-expanded", String(open));
      sign.textContent = open ? "▾" : "▸";
      below.replaceChildren(...(open ? node.c.map((child) => branch(child, path)) : []));
    }
    return create("li", {}, button, below);
  }

  function draw() {
    tell([]);
    list.replaceChildren(...model.get("tree").map((node) => branch(node, [])));
  }

  const stopTheme = followTheme(root);
  model.on("change:tree", draw);
  draw();
  el.append(root);
  return () => {
    stopTheme();
    model.off("change:tree", draw);
  };
}

export default { render };
