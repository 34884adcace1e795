// A quiz with the page's own radio buttons: arrow keys move between choices, and a screen reader reads the question
// (the legend) with each of them. The explanation is announced when it appears.

let quizzes = 0;

function render({ model, el }) {
  const name = `llmcourse-quiz-${(quizzes += 1)}`;
  model.get("questions").forEach((question, place) => {
    const field = document.createElement("fieldset");
    field.style.cssText = "border: 1px solid currentColor; border-radius: 4px; margin: 0 0 0.8em; padding: 0.4em 1em";
    const legend = document.createElement("legend");
    legend.style.cssText = "float: left; width: 100%; padding: 0; margin-bottom: 0.4em";
    legend.innerHTML = question.text;
    field.append(legend);

    const verdict = document.createElement("p");
    verdict.setAttribute("role", "status");
    verdict.style.cssText = "clear: both; margin: 0.4em 0; min-height: 1.2em";

    question.choices.forEach((choice, number) => {
      const label = document.createElement("label");
      label.style.cssText = "clear: both; display: flex; gap: 0.5em; align-items: baseline; padding: 0.15em 0; cursor: pointer";
      const button = document.createElement("input");
      button.type = "radio";
      button.name = `${name}-${place}`;
      button.checked = model.get("chosen")[place] === number;
      button.addEventListener("change", () => {
        verdict.innerHTML = choice.verdict;
        model.set("chosen", { ...model.get("chosen"), [place]: number });
        model.save_changes();
      });
      if (button.checked) verdict.innerHTML = choice.verdict;
      const text = document.createElement("span");
      text.innerHTML = choice.text;
      label.append(button, text);
      field.append(label);
    });
    field.append(verdict);
    el.append(field);
  });
}

export default { render };
